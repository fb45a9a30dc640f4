import * as pulumi from "@pulumi/pulumi";
import { engineConnection } from "../lib/docker-engine.ts";
import { UserError } from "../lib/user-error.ts";
import { configOf, isConfigSecret, readConfig } from "./config/read.ts";
import { stackLabels } from "./labels.ts";
import type { Outputs } from "./outputs.ts";

export const { url, hostPorts, replicaCount, prometheusUrl, grafanaUrl, grafanaUser, grafanaPassword, redisPassword } =
  await run().catch((error: unknown) => {
    // Pulumi prints the stack trace of every other error.
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  });

/** Everything is checked before the first resource is made. Only what the target needs is loaded. */
async function run(): Promise<Outputs> {
  const config = readConfig();
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const labels = stackLabels(project, stack);
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
