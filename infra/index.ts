import * as pulumi from "@pulumi/pulumi";
import { type Config, ConfigError, namespace, parseConfig, shownInPlain } from "./config/config.ts";
import { engineConnection } from "../lib/docker-engine.ts";
import { stackLabels } from "./labels.ts";
import type { Outputs } from "./outputs.ts";

const set = configOf(namespace);
const config = parseConfig(set, new Set(Object.keys(set).filter((key) => isConfigSecret(`${namespace}:${key}`))));
const outputs = await run(config);

export const url = outputs.url;
export const hostPorts = outputs.hostPorts;
export const replicaCount = outputs.replicaCount;
export const prometheusUrl = outputs.prometheusUrl;
export const grafanaUrl = outputs.grafanaUrl;
export const grafanaUser = outputs.grafanaUser;
export const grafanaPassword = outputs.grafanaPassword;
export const redisPassword = outputs.redisPassword;

/** Everything is checked before the first resource is made. Only what the target needs is loaded. */
async function run(config: Config): Promise<Outputs> {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const labels = stackLabels(project, stack);
  const shown = ["docker:host", "docker:context", "kubernetes:context"].filter(isConfigSecret);
  if (shown.length > 0) throw new ConfigError(shown.map(shownInPlain));
  const engine = engineConnection(configOf("docker"));
  if (config.target === "docker") {
    const { lastPorts } = await import("./targets/docker/last-ports.ts");
    const { checkMachine } = await import("./targets/docker/preflight.ts");
    const { runOnDocker } = await import("./program.ts");
    return runOnDocker(await checkMachine(config, engine, labels, await lastPorts(config)), engine);
  }
  const { checkCluster } = await import("./targets/kubernetes/preflight.ts");
  const { runOnKubernetes } = await import("./targets/kubernetes/program.ts");
  const cluster = new pulumi.Config("kubernetes");
  return runOnKubernetes(
    await checkCluster(config, {
      provider: {
        kubeconfig: cluster.get("kubeconfig"),
        isSecret: isConfigSecret("kubernetes:kubeconfig"),
        context: cluster.get("context"),
      },
      engine,
      labels,
      usualNamespace: `${project}-${stack}`,
    }),
  );
}

/** The keys of a namespace that are set, with their texts as the CLI hands them over. */
function configOf(name: string): Record<string, string> {
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(`${name}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(name.length + 1), text]));
}

/** Whether a key was set with `--secret`, or holds a part that was. The SDK knows, though its types do not list it. */
function isConfigSecret(key: string): boolean {
  const ask: unknown = Reflect.get(pulumi.runtime, "isConfigSecret");
  if (typeof ask !== "function") throw new Error("@pulumi/pulumi does not tell which config values are secrets");
  return ask(key) === true;
}
