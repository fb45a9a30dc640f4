import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { clusterAddress, clusterRegistry, ensureCluster } from "../cluster/cluster.ts";
import { refuseArguments } from "../lib/arguments.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import { clusterStack, configFile, ourValues, stackConfig, usersValues } from "../lib/stack-config.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { findToolchain } from "../tools/toolchain.ts";

/**
 * `npm run cluster:up`: a real Kubernetes with one node, on this machine. It points the k8s stack at the cluster, unless
 * the user has pointed it at another one, and prints the kubeconfig's path.
 */
async function clusterUp(args: string[]): Promise<number> {
  refuseArguments("cluster:up", args);
  const elapsed = stopwatch();
  const started = await ensureCluster();
  const registry = await clusterRegistry();
  say("cluster", `Kubernetes ${started ? "is up" : "was up already"}, ${seconds(elapsed())}`);

  if (!existsSync(configFile(clusterStack))) {
    copyFileSync(join(import.meta.dirname, "../cluster/Pulumi.k8s.yaml"), configFile(clusterStack));
  }
  const toolchain = await findToolchain(clusterStack);
  if (!(await stackExists(toolchain, clusterStack))) {
    await pulumiOutput(toolchain, ["stack", "init", "--no-select"], clusterStack);
  }
  const address = clusterAddress();
  const users = usersValues(stackConfig(clusterStack).values, ourValues(toolchain.probes, clusterStack));
  const isElsewhere = users["kubernetes:kubeconfig"] !== undefined || users["kubernetes:context"] !== undefined;
  await applyMachineConfig(toolchain, clusterStack, isElsewhere ? undefined : { ...address, registry });
  process.stdout.write(`kubeconfig ${address.kubeconfig}\ncontext    ${address.context}\n`);
  process.stdout.write(`the stack  npm run up -- --stack ${clusterStack}\n`);
  return 0;
}

export default clusterUp;
