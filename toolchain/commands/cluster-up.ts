import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { ProbeCache } from "../../lib/probe-cache.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { clusterAddress, clusterRegistry, ensureCluster } from "../cluster/cluster.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import {
  clusterStack,
  isMachineValues,
  machineValues,
  rememberedAs,
  stackConfig,
  usersValues,
} from "../lib/stack-config.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

/** Whether the user has pointed the stack at a cluster of their own. */
function pointsElsewhere(): boolean {
  const ours = new ProbeCache().read(rememberedAs(clusterStack), isMachineValues) ?? {};
  const users = usersValues(machineValues(stackConfig(clusterStack)), ours);
  return users["kubernetes:kubeconfig"] !== undefined || users["kubernetes:context"] !== undefined;
}

/** Gives the k8s stack the settings that it starts with, unless it has some. */
function copyDefaults(): void {
  const file = join(projectRoot, `Pulumi.${clusterStack}.yaml`);
  if (!existsSync(file)) {
    copyFileSync(join(import.meta.dirname, "../cluster/Pulumi.k8s.yaml"), file);
  }
}

/**
 * `npm run cluster:up`: a real Kubernetes with one node, on this machine. The k8s stack is pointed at it, unless its
 * user has pointed it elsewhere. Prints the kubeconfig's path.
 */
async function clusterUp(args: string[]): Promise<number> {
  if (args.length > 0) {
    throw new UserError(`cluster:up takes no arguments, but was given ${args.join(" ")}.`);
  }
  const elapsed = stopwatch();
  const started = await ensureCluster();
  const registry = await clusterRegistry();
  say("cluster", `Kubernetes ${started ? "is up" : "was up already"}, ${seconds(elapsed())}`);

  const toolchain = await findToolchain({ kubernetes: true });
  copyDefaults();
  if (!(await stackExists(toolchain, clusterStack))) {
    await pulumiOutput(toolchain, ["stack", "init", "--no-select"], clusterStack);
  }
  const address = clusterAddress();
  await applyMachineConfig(toolchain, clusterStack, pointsElsewhere() ? undefined : { ...address, registry });
  process.stdout.write(`kubeconfig ${address.kubeconfig}\ncontext    ${address.context}\n`);
  process.stdout.write(`the stack  npm run pulumi -- up --yes --stack ${clusterStack}\n`);
  return 0;
}

export default clusterUp;
