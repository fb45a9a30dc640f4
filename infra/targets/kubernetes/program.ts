import * as pulumi from "@pulumi/pulumi";
import { stackLabels } from "../../labels.ts";
import { type Outputs, stackSecrets } from "../../outputs.ts";
import type { ComponentName } from "../../system/component.ts";
import { grafanaUser } from "../../system/grafana.ts";
import { ports } from "../../system/ports.ts";
import { describeSystem } from "../../system/system.ts";
import { clusterDiscovery, clusterDomain, serviceHost } from "./discovery.ts";
import type { ClusterFacts } from "./preflight.ts";
import { KubernetesStack } from "./stack.ts";

/** Creates every resource of the stack on a cluster that was found to fit. */
export function runOnKubernetes({ config, namespace, ...cluster }: ClusterFacts): Outputs {
  const secrets = stackSecrets(config);
  const { dnsService, ingressHost, tlsSecret, serviceType } = config;
  // Only a node port that the config names is known before.
  const browsed = (port: number) =>
    serviceType === "NodePort" && port !== 0 ? `http://${cluster.nodeAddress}:${port}` : undefined;
  const discovery = { ...clusterDiscovery(namespace, dnsService), browsed };
  const components = describeSystem(config, discovery, secrets);
  const hasGrafana = components.some(({ name }) => name === "grafana");
  if (!hasGrafana) pulumi.log.info("Grafana is left out, as resume:images says; grafanaUrl is null.");

  const labels = stackLabels(pulumi.getProject(), pulumi.getStack());
  const stack = new KubernetesStack("resume", { components, config, namespace, labels, ...cluster });

  const inside = (component: ComponentName) =>
    serviceHost({ service: component, namespace, domain: clusterDomain(dnsService) });
  const url = (component: ComponentName, port: number, scheme: "http" | "https" = "http") =>
    stack.url(component, port, scheme) ?? `${scheme}://${inside(component)}:${port}`;
  const front = config.tls === undefined ? url("nginx", ports.nginx) : url("nginx", ports.nginxTls, "https");
  return {
    url: ingressHost === undefined ? front : `${tlsSecret === undefined ? "http" : "https"}://${ingressHost}`,
    hostPorts: null,
    replicaCount: config.replicas,
    prometheusUrl: url("prometheus", ports.prometheus),
    grafanaUrl: hasGrafana ? url("grafana", ports.grafana) : null,
    grafanaUser: hasGrafana ? grafanaUser : null,
    grafanaPassword: secrets.grafanaPassword,
    redisPassword: secrets.redisPassword,
  };
}
