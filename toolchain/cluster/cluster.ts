import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import type { ClusterAddress } from "../lib/stack-config.ts";
import { startRegistry } from "../../offline/registry.ts";
import { dnsTtlSeconds } from "../../offline/node/addons.ts";
import { componentPid } from "../../offline/node/background.ts";
import { componentNames } from "../../offline/node/components.ts";
import { removeCluster, stopCluster } from "../../offline/node/down.ts";
import {
  goesIntoDocker,
  isInDocker,
  presenceInDocker,
  registryInDocker,
  removeInDocker,
  startInDocker,
  stopInDocker,
} from "./in-docker.ts";
import { clusterName, kubeconfigFile } from "../../offline/node/paths.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { readState } from "../../offline/node/state.ts";
import { prepareThisMachine, startCluster } from "../../offline/node/up.ts";

const locked = <T>(work: () => Promise<T>): Promise<T> =>
  withLock(inCache("cluster.lock"), work, (pid: number) =>
    say("lock", `another run (process ${pid}) is at work; waiting for it`),
  );

/**
 * Starts our cluster: in Docker where a tool for that is there and its image can be had, else of this machine itself.
 * @returns whether anything was started
 * @throws UserError that says what the user must do
 */
export const ensureCluster = (): Promise<boolean> =>
  locked(async () => (await startInDocker()) ?? (await startCluster()));

/** Builds what a node of this machine is made of, where it is missing. @throws UserError that says what the user must do */
export const prepareNode = async (): Promise<void> => {
  if (await goesIntoDocker()) return;
  await locked(prepareThisMachine);
};

/** Takes our cluster away. @returns whether there was one */
export const dropCluster = (): Promise<boolean> =>
  locked(async () => (await removeInDocker()) || (await removeCluster()));

/** What there is of our cluster now. @throws UserError where it is in a Docker that does not answer */
export const clusterPresence = async (): Promise<Presence> => {
  const inDocker = await presenceInDocker();
  if (inDocker !== undefined) return inDocker;
  if (readState() === undefined) return "none";
  return componentNames.some((name) => componentPid(name) !== undefined) ? "running" : "stopped";
};

/** Gives our cluster back as it was before somebody used it: takes it away if it is new, stops it if it did not run. */
export const putBack = (before: Presence): Promise<void> =>
  locked(async () => {
    if (before === "none") (await removeInDocker()) || (await removeCluster());
    if (before === "stopped") (await stopInDocker()) || (await stopCluster());
  });

/** The registry that the cluster's node pulls from by the name that this machine pushes to; it serves afterwards. */
export const clusterRegistry = async (): Promise<string> => registryInDocker() ?? (await startRegistry());

/** How our cluster is reached. A cluster in Docker has the usual DNS, for which the stack's own default is right. */
export const clusterAddress = (): ClusterAddress => ({
  kubeconfig: kubeconfigFile,
  context: clusterName,
  ...(isInDocker() ? {} : { dnsTtl: `${dnsTtlSeconds}s` }),
});
