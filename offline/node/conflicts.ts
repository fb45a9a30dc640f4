import { readlinkSync } from "node:fs";
import { processesNamed } from "../../lib/processes.ts";
import { UserError } from "../../lib/user-error.ts";
import { componentPid } from "./background.ts";

function inThisNetwork(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync("/proc/self/ns/net");
  } catch {
    // The process has ended meanwhile.
    return false;
  }
}

/** Refuses a machine that is already a node. Nodes in containers, such as kind's, have their own network. */
export function refuseStrangers(): void {
  const ours = [componentPid("kubelet"), componentPid("kube-proxy")];
  for (const name of ["kubelet", "kube-proxy", "k3s-server", "k3s-agent"]) {
    const stranger = processesNamed(name).find(({ pid }) => !ours.includes(pid) && inThisNetwork(pid));
    if (stranger) {
      throw new UserError(
        `cluster: a ${name} that is not ours runs on this machine (process ${stranger.pid}), and two would disturb each other's packet filter. Use its cluster, or stop it and run this again.`,
      );
    }
  }
}
