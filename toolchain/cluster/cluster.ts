import { withLock } from "../lib/lock.mjs";
import { inCache } from "../lib/paths.ts";
import { say } from "../lib/report.ts";
import type { ClusterAddress } from "../lib/stack-config.ts";
import { dnsTtlSeconds } from "./addons.ts";
import { removeCluster } from "./down.ts";
import { isInDocker, removeInDocker, startInDocker } from "./in-docker.ts";
import { clusterName, kubeconfigFile } from "./places.ts";
import { startCluster } from "./up.ts";

const locked = (work: () => Promise<boolean>): Promise<boolean> =>
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

/** Takes our cluster away. @returns whether there was one */
export const dropCluster = (): Promise<boolean> =>
  locked(async () => (await removeInDocker()) || (await removeCluster()));

/** How our cluster is reached. A cluster in Docker has the usual DNS, for which the stack's own default is right. */
export const clusterAddress = (): ClusterAddress => ({
  kubeconfig: kubeconfigFile,
  context: clusterName,
  ...(isInDocker() ? {} : { dnsTtl: `${dnsTtlSeconds}s` }),
});
