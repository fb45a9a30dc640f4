import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { dockerDiscovery, fitTo, publishedUrl } from "./docker/index.ts";
import { stackLabels } from "./docker/labels.ts";
import type { MachineFacts } from "./docker/preflight.ts";
import { DockerStack } from "./docker/stack.ts";
import { grafanaUser } from "./system/grafana.ts";
import { describeSystem } from "./system/system.ts";

/** What the stack tells of itself. */
export interface Outputs {
  url: string;
  replicaCount: number;
  prometheusUrl: string;
  /** Null where Grafana is left out. */
  grafanaUrl: string | null;
  grafanaUser: string | null;
  grafanaPassword: pulumi.Output<string>;
  redisPassword: pulumi.Output<string>;
}

/** Creates every resource of the stack on a Docker engine that was found to fit. */
export function runOnDocker(machine: MachineFacts, dockerHost: string | undefined): Outputs {
  const { config, cpus, platform } = machine;
  const project = pulumi.getProject();
  const stack = pulumi.getStack();

  const redisPassword = secret("redis-password");
  const sessionKey = secret("session-key");
  const grafanaPassword = secret("grafana-password");

  const components = fitTo(
    cpus,
    describeSystem(config, dockerDiscovery, {
      redisPassword,
      sessionKey,
      grafanaPassword,
    }),
  );
  const hasGrafana = components.some(({ name }) => name === "grafana");
  if (!hasGrafana) pulumi.log.info("Grafana is left out, as resume:images says; grafanaUrl is null.");

  new DockerStack("resume", {
    components,
    bindAddress: config.bindAddress,
    prefix: `${project}-${stack}`,
    labels: stackLabels(project, stack),
    platform,
  });

  const url = (port: number, scheme: "http" | "https" = "http") => publishedUrl(config, dockerHost, port, scheme);
  return {
    url: config.tls === undefined ? url(config.port) : url(config.tlsPort, "https"),
    replicaCount: config.replicas,
    prometheusUrl: url(config.prometheusPort),
    grafanaUrl: hasGrafana ? url(config.grafanaPort) : null,
    grafanaUser: hasGrafana ? grafanaUser : null,
    grafanaPassword,
    redisPassword,
  };
}

/** 32 letters and digits: safe in a config file, an environment and a URL. */
const secret = (name: string) => pulumi.secret(new random.RandomPassword(name, { length: 32, special: false }).result);
