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

const locked = <T>(work: () => Promise<T>): Promise<T> =>
  withLock(inCache("cluster.lock"), work, (pid: number) =>
    say("lock", `another run (process ${pid}) is at work; waiting for it`),
  );

/** Whether the cluster that is there was made of this machine itself. */
const isNodeHere = (): boolean => nodePresence() !== "none";

/**
 * Starts our cluster: with kind where that and its image can be had, else of this machine itself.
 * @returns whether anything was started
 * @throws {UserError} that says what the user must do
 */
export const ensureCluster = (): Promise<boolean> =>
  locked(async () => (isNodeHere() ? undefined : await startWithKind()) ?? (await startNode()));

/** Builds what a node of this machine is made of, where it is missing. @throws {UserError} that says what the user must do */
export const prepareCluster = async (): Promise<void> => {
  if (!isNodeHere() && (await canUseKind())) {
    return;
  }
  await locked(prepareNode);
};

/** Removes our cluster. @returns whether there was one */
export const removeCluster = (): Promise<boolean> => locked(async () => (await removeKind()) || (await removeNode()));

/** The state of our cluster. @throws {UserError} where it is in a Docker that does not answer */
export const clusterPresence = async (): Promise<Presence> => (await kindPresence()) ?? nodePresence();

/** Restores what was there before somebody used our cluster: removes it if it is new, stops it if it did not run. */
export const restoreCluster = (before: Presence): Promise<void> =>
  locked(async () => {
    if (before === "none") {
      (await removeKind()) || (await removeNode());
    }
    if (before === "stopped") {
      (await stopKind()) || (await stopNode());
    }
  });

/** The registry that the cluster's node pulls from by the name that this machine pushes to; it serves afterwards. */
export const clusterRegistry = async (): Promise<string> => kindRegistry() ?? (await startRegistry());

/** How our cluster is reached. kind's has the usual DNS, for which the stack's own default is right. */
export const clusterAddress = (): ClusterAddress => ({
  kubeconfig: kubeconfigFile,
  context: clusterName,
  ...(isKindCluster() ? {} : { dnsTtl: `${dnsTtlSeconds}s` }),
});
