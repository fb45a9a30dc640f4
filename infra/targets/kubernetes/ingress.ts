import { networking } from "@pulumi/kubernetes";
import type { ComponentResourceOptions, CustomResourceOptions, Output } from "@pulumi/pulumi";
import { ComponentResource } from "@pulumi/pulumi";
import type { Config } from "../../config/config.ts";
import type { Labels } from "../../labels.ts";
import { ports } from "../../system/names.ts";
import { annotated, labelsOf } from "./labels.ts";
import { portName } from "./ports.ts";

export interface SiteIngressArgs {
  host: string;
  config: Pick<Config, "ingressAnnotations" | "ingressClass" | "tlsSecret">;
  /** Name of nginx' exposed Service. */
  service: string;
  namespace: Output<string>;
  labels: Labels;
  inNamespace: CustomResourceOptions;
}

/** The Ingress of the site. */
export class SiteIngress extends ComponentResource {
  constructor(name: string, args: SiteIngressArgs, options: ComponentResourceOptions) {
    super("resume:kubernetes:SiteIngress", name, {}, options);
    const { host, config, service, namespace, labels } = args;
    new networking.v1.Ingress(
      name,
      {
        metadata: {
          name,
          namespace,
          labels: labelsOf("nginx", labels),
          ...annotated(config.ingressAnnotations),
        },
        spec: {
          ...(config.ingressClass === undefined ? {} : { ingressClassName: config.ingressClass }),
          ...(config.tlsSecret === undefined ? {} : { tls: [{ hosts: [host], secretName: config.tlsSecret }] }),
          rules: [
            {
              host,
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: {
                      service: { name: service, port: { name: portName({ port: ports.nginx, protocol: "TCP" }) } },
                    },
                  },
                ],
              },
            },
          ],
        },
      },
      { ...args.inNamespace, parent: this },
    );
    this.registerOutputs();
  }
}
