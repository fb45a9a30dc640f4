import { startInDocker } from "../cluster/in-docker.ts";
import { clusterName, kubeconfigFile } from "../cluster/places.ts";
import { startCluster } from "../cluster/up.ts";
import { withLock } from "../lib/lock.mjs";
import { inCache } from "../lib/paths.ts";
import { say, seconds, stopwatch } from "../lib/report.ts";
import { UserError } from "../lib/user-error.ts";

const start = async (): Promise<boolean> => (await startInDocker()) ?? (await startCluster());

/** `npm run cluster:up`: a real Kubernetes with one node, on this machine. Prints its kubeconfig's path. */
const clusterUp = async (args: string[]): Promise<number> => {
  if (args.length > 0) throw new UserError(`cluster:up takes no arguments, but was given ${args.join(" ")}.`);
  const elapsed = stopwatch();
  const onWait = (pid: number): void => say("lock", `another run (process ${pid}) is at work; waiting for it`);
  const started = await withLock(inCache("cluster.lock"), start, onWait);
  say("cluster", `Kubernetes ${started ? "is up" : "was up already"}, ${seconds(elapsed())}`);
  process.stdout.write(`kubeconfig ${kubeconfigFile}\ncontext    ${clusterName}\n`);
  return 0;
};

export default clusterUp;
