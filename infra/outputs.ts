import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/** What the stack tells of itself, the same on each target. */
export interface Outputs {
  url: pulumi.Input<string>;
  replicaCount: number;
  prometheusUrl: pulumi.Input<string>;
  /** Null where Grafana is left out. */
  grafanaUrl: pulumi.Input<string> | null;
  grafanaUser: string | null;
  grafanaPassword: pulumi.Output<string>;
  redisPassword: pulumi.Output<string>;
}

/** Creates what must not be seen, once for each stack. */
export const stackSecrets = () => ({
  redisPassword: secret("redis-password"),
  sessionKey: secret("session-key"),
  grafanaPassword: secret("grafana-password"),
});

/** 32 letters and digits: safe in a config file, an environment and a URL. */
const secret = (name: string) => pulumi.secret(new random.RandomPassword(name, { length: 32, special: false }).result);
