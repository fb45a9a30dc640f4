import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Config } from "./config/config.ts";
import { versionedSecret } from "./system/secrets.ts";
import type { HostPorts } from "./targets/docker/preflight.ts";

/** What the stack tells of itself, the same on each target. */
export interface Outputs {
  url: pulumi.Input<string>;
  /** The host's ports by config key, so that one that was chosen for 0 stays with the stack; null on Kubernetes, which keeps its own. */
  hostPorts: HostPorts | null;
  replicaCount: number;
  prometheusUrl: pulumi.Input<string>;
  /** Null where Grafana is left out. */
  grafanaUrl: pulumi.Input<string> | null;
  grafanaUser: string | null;
  grafanaPassword: pulumi.Output<string>;
  redisPassword: pulumi.Output<string>;
}

/**
 * Creates what must not be seen, once for each stack; and anew, at once with all that uses it, when `rotated` has another
 * number for it.
 */
export const stackSecrets = ({ rotated }: Config) => ({
  redisPassword: secret("redis-password", rotated.redisPassword),
  sessionKey: secret("session-key", rotated.sessionKey),
  grafanaPassword: secret("grafana-password", rotated.grafanaPassword),
});

/** 32 letters and digits: safe in a config file, an environment and a URL. A stack that rotated nothing has no keepers. */
const secret = (name: string, rotated: number | undefined) => {
  const version = rotated === undefined ? "" : String(rotated);
  const keepers = version === "" ? {} : { keepers: { rotated: version } };
  return versionedSecret(new random.RandomPassword(name, { length: 32, special: false, ...keepers }).result, version);
};
