import { clusterName, kubeconfigFile } from "../../lib/cluster/place.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { sayWaiting } from "../../lib/report.ts";
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
  return withLock(inCache("cluster.lock"), work, sayWaiting);
}

/** Whether our cluster was made without kind, of this machine. */
function isNodeHere(): boolean {
  return nodePresence() !== "none";
}

/**
 * Starts our cluster, or creates it: with kind, or of this machine where kind or its image is not available.
 * @returns whether it was started now
 * @throws {UserError} that says what the user must do
 */
export function ensureCluster(): Promise<boolean> {
  return locked(async () => (isNodeHere() ? undefined : await startWithKind()) ?? (await startNode()));
}

/** Builds the programs of a node of this machine, unless kind is used. @throws {UserError} that says what the user must do */
export async function prepareCluster(): Promise<void> {
  if (isNodeHere() || !(await canUseKind())) {
    await locked(prepareNode);
  }
}

async function remove(): Promise<boolean> {
  return (await removeKind()) || (await removeNode());
}

/** Removes our cluster. @returns whether there was one */
export function removeCluster(): Promise<boolean> {
  return locked(remove);
}

/** The state of our cluster. @throws {UserError} when it is in a Docker that does not answer */
export async function clusterPresence(): Promise<Presence> {
  return (await kindPresence()) ?? nodePresence();
}

/** Restores an earlier state of our cluster: it removes a new one, and stops one that did not run. */
export function restoreCluster(before: Presence): Promise<void> {
  return locked(async () => {
    if (before === "none") {
      await remove();
    }
    if (before === "stopped") {
      (await stopKind()) || (await stopNode());
    }
  });
}

/** Starts the cluster's registry. @returns its address, by which this machine pushes and the node pulls */
export async function clusterRegistry(): Promise<string> {
  return kindRegistry() ?? (await startRegistry());
}

/** The config values for our cluster. kind's DNS has the usual TTL, which is the stack's default. */
export function clusterAddress(): ClusterAddress {
  const dnsTtl = isKindCluster() ? {} : { dnsTtl: `${dnsTtlSeconds}s` };
  return { kubeconfig: kubeconfigFile, context: clusterName, ...dnsTtl };
}
