import { removeCluster } from "../cluster/down.ts";
import { removeInDocker } from "../cluster/in-docker.ts";
import { withLock } from "../lib/lock.mjs";
import { inCache } from "../lib/paths.ts";
import { say, seconds, stopwatch } from "../lib/report.ts";
import { UserError } from "../lib/user-error.ts";

const remove = async (): Promise<boolean> => (await removeInDocker()) || (await removeCluster());

/** `npm run cluster:down`: takes the cluster of `cluster:up` away, with all that runs in it and its volumes. */
const clusterDown = async (args: string[]): Promise<number> => {
  if (args.length > 0) throw new UserError(`cluster:down takes no arguments, but was given ${args.join(" ")}.`);
  const elapsed = stopwatch();
  const onWait = (pid: number): void => say("lock", `another run (process ${pid}) is at work; waiting for it`);
  const removed = await withLock(inCache("cluster.lock"), remove, onWait);
  say("cluster", removed ? `gone after ${seconds(elapsed())}; its programs stay in the cache` : "there is none");
  return 0;
};

export default clusterDown;
