import { getProject, getStack, RunError } from "@pulumi/pulumi";
import { engineConnection } from "../lib/docker-engine.ts";
import { UserError } from "../lib/user-error.ts";
import { configOf, readConfig } from "./config/read.ts";
import { stackLabels } from "./labels.ts";
import type { Outputs } from "./outputs.ts";
import { assertContent } from "./system/content.ts";
import { loadTarget } from "./targets/index.ts";

export const { url, hostPorts, replicaCount, prometheusUrl, grafanaUrl, grafanaUser, grafanaPassword, redisPassword } =
  await deployStack().catch((error: unknown) => {
    // Pulumi prints the stack trace of every other error.
    throw error instanceof UserError ? new RunError(error.message) : error;
  });

/** Everything is checked before the first resource is created. */
async function deployStack(): Promise<Outputs> {
  const config = readConfig();
  const engine = engineConnection(configOf("docker"));
  const [project, stack] = [getProject(), getStack()];
  const target = await loadTarget(config.target);
  const [facts] = await Promise.all([
    target.preflight({ config, engine, project, stack, labels: stackLabels(project, stack) }),
    config.images.resume === undefined ? assertContent(config.content) : undefined,
  ]);
  return target.deploy(facts);
}
