import { clusterName, kubeconfigFile } from "../../lib/cluster/place.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import type { ClusterAddress } from "../lib/stack-config.ts";
import {
  dnsTtlSeconds,
  nodePresence,
  prepareNode,
  removeNode,
  startNode,
  startRegistry,
  stopNode,
} from "../offline.ts";
import {
  canUseKind,
  isKindCluster,
  kindPresence,
  kindRegistry,
  removeKind,
  startWithKind,
  stopKind,
} from "./kind-cluster.ts";

function locked<T>(work: () => Promise<T>): Promise<T> {
  return withLock(inCache("cluster.lock"), work, (pid: number) =>
    say("lock", `another run (process ${pid}) is at work; waiting for it`),
  );
}

/** Whether the cluster that is there was made of this machine itself. */
function isNodeHere(): boolean {
  return nodePresence() !== "none";
}

/**
 * Starts our cluster: with kind where that and its image can be had, else of this machine itself.
 * @returns whether anything was started
 * @throws {UserError} that says what the user must do
 */
export function ensureCluster(): Promise<boolean> {
  return locked(async () => (isNodeHere() ? undefined : await startWithKind()) ?? (await startNode()));
}

/** Builds what a node of this machine is made of, where it is missing. @throws {UserError} that says what the user must do */
export async function prepareCluster(): Promise<void> {
  if (!isNodeHere() && (await canUseKind())) {
    return;
  }
  await locked(prepareNode);
}

/** Removes our cluster. @returns whether there was one */
export function removeCluster(): Promise<boolean> {
  return locked(async () => (await removeKind()) || (await removeNode()));
}

/** The state of our cluster. @throws {UserError} where it is in a Docker that does not answer */
export async function clusterPresence(): Promise<Presence> {
  return (await kindPresence()) ?? nodePresence();
}

/** Restores what was there before somebody used our cluster: removes it if it is new, stops it if it did not run. */
export function restoreCluster(before: Presence): Promise<void> {
  return locked(async () => {
    if (before === "none") {
      (await removeKind()) || (await removeNode());
    }
    if (before === "stopped") {
      (await stopKind()) || (await stopNode());
    }
  });
}

/** The registry that the cluster's node pulls from by the name that this machine pushes to; it serves afterwards. */
export async function clusterRegistry(): Promise<string> {
  return kindRegistry() ?? (await startRegistry());
}

/** How our cluster is reached. kind's has the usual DNS, for which the stack's own default is right. */
export function clusterAddress(): ClusterAddress {
  return {
    kubeconfig: kubeconfigFile,
    context: clusterName,
    ...(isKindCluster() ? {} : { dnsTtl: `${dnsTtlSeconds}s` }),
  };
}
