import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { stopProcess } from "../../lib/background.ts";
import { folder } from "../../lib/cluster/place.ts";
import { unmountBelow } from "../../lib/mounts.ts";
import { processesNamed } from "../../lib/processes.ts";
import { stopComponent } from "./background.ts";
import { removeCgroup } from "./cgroups.ts";
import { componentNames } from "./components.ts";
import { removeBridge, restore } from "./machine.ts";
import { containerdSocket, runFolder } from "./paths.ts";
import { readState } from "./state.ts";

/** containerd's helpers, one a pod, which outlive it. The kernel cuts a process' name after 15 characters. */
function shims(): number[] {
  return processesNamed("containerd-shim")
    .filter(({ commandLine }) => commandLine.includes(containerdSocket))
    .map(({ pid }) => pid);
}

/**
 * Stops the cluster and restores the machine: programs, pods, mounts, network and packet filter. The cluster's state and
 * volumes stay, as after a restart of the machine.
 */
export async function stopNode(): Promise<void> {
  const state = readState();
  // The kubelet stops before the pods, so that it does not restart them.
  await stopComponent("kubelet");
  await removeCgroup();
  await Promise.all(componentNames.map(stopComponent));
  await Promise.all(shims().map((pid) => stopProcess(pid, 2_000)));
  await unmountBelow([folder, runFolder]);
  await removeBridge();
  if (state) {
    await restore(state.before);
  }
  await rm(runFolder, { recursive: true, force: true });
}

/**
 * Removes the cluster: all its processes and its folders. The built programs stay.
 * @returns whether there was anything of it
 */
export async function removeNode(): Promise<boolean> {
  if (!existsSync(folder) && !existsSync(runFolder)) {
    return false;
  }
  await stopNode();
  await rm(folder, { recursive: true, force: true });
  return true;
}
