import { core } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
  output,
} from "@pulumi/pulumi";
import type { Annotations, Config } from "../../config/config.ts";
import type { Labels } from "../../labels.ts";
import type { Component } from "../../system/component.ts";
import { inUrl } from "./address.ts";
import { clusterDomain, serviceHost } from "./discovery.ts";
import { annotated, labelsOf, selectorOf } from "./labels.ts";
import { portName, publishedPorts } from "./ports.ts";

export interface ExposedServiceArgs {
  component: Component;
  config: Pick<Config, "serviceType" | "dnsService">;
  annotations: Annotations;
  namespace: Output<string>;
  labels: Labels;
  /** The address of node ports, in the form of URLs. */
  nodeAddress: string;
  inNamespace: CustomResourceOptions;
}

/** The Service that exposes a component outside of the stack, of the type that the config names. */
export class ExposedService extends ComponentResource {
  readonly #service: core.v1.Service;
  readonly #args: ExposedServiceArgs;

  constructor(name: string, args: ExposedServiceArgs, options: ComponentResourceOptions) {
    super("resume:kubernetes:Front", name, {}, options);
    this.#args = args;
    const { component, config, annotations, namespace, labels } = args;
    const { serviceType } = config;
    const balanced = serviceType === "LoadBalancer";
    this.#service = new core.v1.Service(
      name,
      {
        metadata: {
          name,
          namespace,
          labels: labelsOf(component.name, labels),
          // Pulumi waits for a load balancer's address; for the other types the pods' readiness is enough.
          ...annotated({ ...annotations, ...(balanced ? {} : { "pulumi.com/skipAwait": "true" }) }),
        },
        spec: {
          type: serviceType,
          // Keeps the client's address. A node port must answer on every node, so it can't have this.
          ...(balanced ? { externalTrafficPolicy: "Local" } : {}),
          selector: selectorOf(component.name),
          ports: publishedPorts(component).map(({ port, protocol, outside }) => ({
            name: portName({ port, protocol }),
            port: serviceType === "NodePort" || outside === 0 ? port : outside,
            targetPort: port,
            protocol,
            ...(serviceType === "NodePort" && outside !== 0 ? { nodePort: outside } : {}),
          })),
        },
      },
      { ...args.inNamespace, parent: this },
    );
    this.registerOutputs();
  }

  /** Where a browser finds the component's port. */
  url(port: number, scheme: "http" | "https"): Output<string> {
    const { namespace, config, nodeAddress } = this.#args;
    const { metadata, spec, status } = this.#service;
    return output({ metadata, spec, status, namespace }).apply(({ metadata, spec, status, namespace }) => {
      const served = spec.ports.find((candidate) => candidate.port === port || candidate.targetPort === port);
      if (config.serviceType === "NodePort") {
        return `${scheme}://${nodeAddress}:${served?.nodePort}`;
      }
      const [balancer] = status?.loadBalancer?.ingress ?? [];
      const inside = { service: metadata.name, namespace, domain: clusterDomain(config.dnsService) };
      return `${scheme}://${inUrl(balancer?.hostname ?? balancer?.ip ?? serviceHost(inside))}:${served?.port}`;
    });
  }
}
