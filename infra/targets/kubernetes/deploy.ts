import { getProject, getStack } from "@pulumi/pulumi";
import { generatedSecrets } from "../../generated-secrets.ts";
import { stackLabels } from "../../labels.ts";
import { type Outputs, stackOutputs } from "../../outputs.ts";
import type { ComponentName } from "../../system/names.ts";
import { ports } from "../../system/names.ts";
import { describeSystem } from "../../system/system.ts";
import { clusterDiscovery } from "./discovery.ts";
import type { ClusterFacts } from "./preflight.ts";
import { KubernetesStack } from "./stack.ts";

/** Creates every resource of the stack on a cluster that passed the preflight. */
export function deployOnKubernetes({ config, namespace, ...cluster }: ClusterFacts): Outputs {
  const secrets = generatedSecrets(config.rotated);
  const { dnsService, ingressHost, tlsSecret, serviceType } = config;
  // Only a node port that the config names is known before.
  const browsed = (port: number) =>
    serviceType === "NodePort" && port !== 0 ? `http://${cluster.nodeAddress}:${port}` : undefined;
  const discovery = { ...clusterDiscovery(namespace, dnsService), browsed };
  const components = describeSystem(config, discovery, secrets);

  const labels = stackLabels(getProject(), getStack());
  const stack = new KubernetesStack("resume", { components, config, namespace, labels, ...cluster });

  const url = (component: ComponentName, port: number, scheme: "http" | "https" = "http") =>
    stack.url(component, port, scheme) ?? `${scheme}://${discovery.host(component)}:${port}`;
  const site = config.tls === undefined ? url("nginx", ports.nginx) : url("nginx", ports.nginxTls, "https");
  return stackOutputs(config, secrets, {
    url: ingressHost === undefined ? site : `${tlsSecret === undefined ? "http" : "https"}://${ingressHost}`,
    hostPorts: null,
    prometheusUrl: url("prometheus", ports.prometheus),
    grafanaUrl: url("grafana", ports.grafana),
  });
}
