import * as pulumi from "@pulumi/pulumi";
import { type Config, namespace, parseConfig, refusal } from "./config.ts";
import { stackLabels } from "./docker/labels.ts";
import { checkMachine } from "./docker/preflight.ts";
import { runOnDocker } from "./program.ts";

const config = parseConfig(configOf(namespace));
const outputs = await run(config);

export const url = outputs.url;
export const replicaCount = outputs.replicaCount;
export const prometheusUrl = outputs.prometheusUrl;
export const grafanaUrl = outputs.grafanaUrl;
export const grafanaUser = outputs.grafanaUser;
export const grafanaPassword = outputs.grafanaPassword;
export const redisPassword = outputs.redisPassword;

/** Everything is checked before the first resource is made. */
async function run(config: Config) {
  if (config.target !== "docker") {
    throw new pulumi.RunError(refusal("target", config.target, "docker; Kubernetes comes with a later version"));
  }
  const dockerHost = new pulumi.Config("docker").get("host");
  const machine = await checkMachine(config, dockerHost, stackLabels(pulumi.getProject(), pulumi.getStack()));
  return runOnDocker(machine, dockerHost);
}

/** The keys of a namespace that are set, with their texts as the CLI hands them over. */
function configOf(name: string): Record<string, string> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${name}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(name.length + 1), text]));
}
