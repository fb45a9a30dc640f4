import { type Input, log, type Output } from "@pulumi/pulumi";
import { disabled } from "../lib/images.ts";
import type { Config } from "./config/config.ts";
import type { HostPorts } from "./config/ports.ts";
import { grafanaUser } from "./system/grafana.ts";
import type { OwnSecret } from "./system/names.ts";

/** The stack's outputs, the same on each target. */
export interface Outputs {
  url: Input<string>;
  /** The host's ports by config key, so that one that was chosen for 0 stays with the stack; null on Kubernetes, which keeps its own. */
  hostPorts: HostPorts | null;
  replicaCount: number;
  prometheusUrl: Input<string>;
  /** Null where Grafana is disabled. */
  grafanaUrl: Input<string> | null;
  grafanaUser: string | null;
  grafanaPassword: Output<string>;
  redisPassword: Output<string>;
}

/** @param addresses where a browser finds each page */
export function stackOutputs(
  { images, replicas }: Pick<Config, "images" | "replicas">,
  secrets: (name: OwnSecret) => Output<string>,
  addresses: Pick<Outputs, "url" | "hostPorts" | "prometheusUrl" | "grafanaUrl">,
): Outputs {
  const hasGrafana = images.grafana !== disabled;
  if (!hasGrafana) {
    void log.info("Grafana is left out, as resume:images says; grafanaUrl is null.");
  }
  return {
    ...addresses,
    replicaCount: replicas,
    grafanaUrl: hasGrafana ? addresses.grafanaUrl : null,
    grafanaUser: hasGrafana ? grafanaUser : null,
    grafanaPassword: secrets("grafanaPassword"),
    redisPassword: secrets("redisPassword"),
  };
}
