import { ProbeCache } from "../../lib/probe-cache.ts";
import { say, seconds, stopwatch } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { removeCluster } from "../cluster/cluster.ts";
import { pulumiOutput, stackExists } from "../lib/pulumi.ts";
import {
  clusterStack,
  isMachineValues,
  leadsToOurCluster,
  machineValues,
  rememberedAs,
  stackConfig,
} from "../lib/stack-config.ts";
import { stopRegistry } from "../offline.ts";
import { revertMachineConfig } from "../tools/machine-config.ts";
import { ownEnginePid } from "../tools/own-engine.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

/**
 * The k8s stack lived on the cluster, where the toolchain has pointed it there: its state forgets what is gone. A stack
 * that its user has pointed elsewhere since lives on there, and stays as it is.
 */
async function forgetStack(): Promise<void> {
  const ours = new ProbeCache().read(rememberedAs(clusterStack), isMachineValues) ?? {};
  if (ours["kubernetes:kubeconfig"] === undefined) {
    return;
  }
  if (!leadsToOurCluster(machineValues(stackConfig(clusterStack)), ours)) {
    say("stack", `${clusterStack} stays: Pulumi.${clusterStack}.yaml leads to a cluster of your own`);
    return;
  }
  const tools = await findToolsWithoutImages();
  if (await stackExists(tools, clusterStack)) {
    await pulumiOutput(tools, ["state", "delete", "--all", "--yes"], clusterStack);
    say("stack", `${clusterStack} is empty: what it had went with the cluster`);
  }
  await revertMachineConfig(tools, clusterStack);
}

/** `npm run cluster:down`: takes the cluster of `cluster:up` away, with all that runs in it and its volumes. */
async function clusterDown(args: string[]): Promise<number> {
  if (args.length > 0) {
    throw new UserError(`cluster:down takes no arguments, but was given ${args.join(" ")}.`);
  }
  const elapsed = stopwatch();
  const removed = await removeCluster();
  say("cluster", removed ? `gone after ${seconds(elapsed())}; its programs stay in the cache` : "there is none");
  await forgetStack();
  // Our own engine's stacks come from it, too; `down` stops both.
  if (ownEnginePid() === undefined) {
    await stopRegistry();
  }
  return 0;
}

export default clusterDown;
