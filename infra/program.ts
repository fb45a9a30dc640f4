import * as pulumi from "@pulumi/pulumi";
import type { EngineConnection } from "../lib/docker-engine.ts";
import { usedPorts } from "./config/ports.ts";
import { stackLabels } from "./labels.ts";
import { type Outputs, stackSecrets } from "./outputs.ts";
import { grafanaUser } from "./system/grafana.ts";
import { describeSystem } from "./system/system.ts";
import { dockerDiscovery, fitTo, publishedUrl } from "./targets/docker/index.ts";
import type { MachineFacts } from "./targets/docker/preflight.ts";
import { DockerStack } from "./targets/docker/stack.ts";

export type { Outputs } from "./outputs.ts";

/** Creates every resource of the stack on a Docker engine that was found to fit. */
export function runOnDocker(machine: MachineFacts, engine: EngineConnection): Outputs {
  const { config, cpus, platform } = machine;
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const secrets = stackSecrets(config);

  const url = (port: number, scheme: "http" | "https" = "http") =>
    publishedUrl(config.bindAddress, engine, port, scheme);
  const operatorUrl = (port: number) => publishedUrl(config.operatorBindAddress, engine, port, "http");
  // The machine's facts have a port that is free where the config says 0.
  const discovery = { ...dockerDiscovery, browsed: operatorUrl };
  const components = fitTo(cpus, describeSystem(config, discovery, secrets));
  const hasGrafana = components.some(({ name }) => name === "grafana");
  if (!hasGrafana) pulumi.log.info("Grafana is left out, as resume:images says; grafanaUrl is null.");

  new DockerStack("resume", {
    components,
    bindAddresses: { visitors: config.bindAddress, operators: config.operatorBindAddress },
    prefix: `${project}-${stack}`,
    labels: stackLabels(project, stack),
    platform,
  });

  return {
    url: config.tls === undefined ? url(config.port) : url(config.tlsPort, "https"),
    hostPorts: Object.fromEntries(usedPorts(config).map(({ name }) => [name, config[name]])),
    replicaCount: config.replicas,
    prometheusUrl: operatorUrl(config.prometheusPort),
    grafanaUrl: hasGrafana ? operatorUrl(config.grafanaPort) : null,
    grafanaUser: hasGrafana ? grafanaUser : null,
    grafanaPassword: secrets.grafanaPassword,
    redisPassword: secrets.redisPassword,
  };
}
