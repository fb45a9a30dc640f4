import { ProbeCache } from "../../lib/probe-cache.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { removeCluster } from "../cluster/cluster.ts";
import { refuseArguments } from "../lib/arguments.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import { clusterStack, ourValues, stackConfig, usesOurCluster } from "../lib/stack-config.ts";
import { stopRegistry } from "../offline.ts";
import { revertMachineConfig } from "../tools/machine-config.ts";
import { ownEnginePid } from "../tools/own-engine.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

/**
 * Empties the state of the k8s stack, whose resources were removed with the cluster. If its user has since configured
 * another cluster, its resources still exist there, and the stack stays as it is.
 */
async function emptyStack(): Promise<void> {
  const ours = ourValues(new ProbeCache(), clusterStack);
  if (ours["kubernetes:kubeconfig"] === undefined) {
    return;
  }
  if (!usesOurCluster(stackConfig(clusterStack).values, ours)) {
    say("stack", `${clusterStack} stays: Pulumi.${clusterStack}.yaml leads to a cluster of your own`);
    return;
  }
  const tools = await findToolsWithoutImages();
  if (await stackExists(tools, clusterStack)) {
    await pulumiOutput(tools, ["state", "delete", "--all", "--yes"], clusterStack);
    say("stack", `${clusterStack} is empty: its resources were removed with the cluster`);
  }
  await revertMachineConfig(tools, clusterStack);
}

/** `npm run cluster:down`: removes the cluster of `cluster:up`, with its pods and volumes. */
async function clusterDown(args: string[]): Promise<number> {
  refuseArguments("cluster:down", args);
  const elapsed = stopwatch();
  const removed = await removeCluster();
  say("cluster", removed ? `removed in ${seconds(elapsed())}; its programs stay in the cache` : "there is none");
  await emptyStack();
  // Stacks on our own engine pull from the registry, too. `npm run down` stops both.
  if (ownEnginePid() === undefined) {
    await stopRegistry();
  }
  return 0;
}

export default clusterDown;
