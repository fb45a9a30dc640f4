import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { ApiException, CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { podLog } from "../../lib/cluster/pod-log.ts";
import { followAll, mergeByTime } from "./merge.ts";
import type { LogLine, LogSource } from "./source.ts";

/** How often new pods and restarted containers are looked for. */
const pollMs = 1_000;

/** A run of a pod's container: each restart is a new run. */
interface Run {
  readonly id: string;
  readonly component: string;
  readonly pod: string;
  readonly container: string;
  /** Whether it is the run before the last one. The node keeps its log, too. */
  readonly isPrevious: boolean;
  readonly isRunning: boolean;
}

/** Reads the lines of a run since a time in RFC 3339. */
type Read = (run: Run, since: string, follow: boolean) => AsyncGenerator<LogLine>;

/** The logs of a stack's pods from their nodes. Following includes pods that start later. */
export function kubernetesSource(access: KubeConfig, namespace: string, stack: Labels): LogSource {
  return async function* (range) {
    const labels = range.component === undefined ? stack : { ...stack, [componentLabel]: range.component };
    const list = () => listRuns(access, namespace, labels);
    /** The time of each run's last line, so that no line is printed twice. */
    const last = new Map<string, string>();
    const read: Read = async function* (run, since, follow) {
      const start = last.get(run.id) ?? "";
      for await (const line of linesOf(access, namespace, run, { since, follow, signal: range.signal })) {
        if (line.time <= start) {
          continue;
        }
        // The lines of stdout and stderr may be out of order.
        if (line.time > (last.get(run.id) ?? "")) {
          last.set(run.id, line.time);
        }
        yield line;
      }
    };
    const since = new Date(range.since * 1000).toISOString();
    const runs = await list();
    yield* mergeByTime(runs.map((run) => read(run, since, false)));
    if (range.follow) {
      const complete = runs.filter(({ isRunning }) => !isRunning).map(({ id }) => id);
      const readOn = (run: Run) => read(run, last.get(run.id) ?? since, !run.isPrevious);
      yield* following(list, readOn, complete, range.signal);
    }
  };
}

/** @param complete the ids of runs that have been read to their end */
function following(
  list: () => Promise<Run[]>,
  readOn: (run: Run) => AsyncGenerator<LogLine>,
  complete: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const started = new Set(complete);
  /** Runs whose stream has ended. If the container still runs, the API server has closed the stream, and it is opened again. */
  const closed = new Set<string>();
  return followAll(signal, async (read, ended) => {
    while (!ended.aborted) {
      for (const run of await list()) {
        if (!started.has(run.id) || (run.isRunning && closed.delete(run.id))) {
          started.add(run.id);
          void read(readOn(run)).then(() => closed.add(run.id));
        }
      }
      await pause(pollMs, undefined, { signal: ended });
    }
  });
}

/** The names of a component's pods. */
export async function podNames(
  access: KubeConfig,
  namespace: string,
  stack: Labels,
  component: string,
): Promise<string[]> {
  const labelSelector = labelFilters({ ...stack, [componentLabel]: component }).join(",");
  const { items } = await access.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.flatMap(({ metadata }) => metadata?.name ?? []);
}

/** All runs of the stack's containers whose logs the nodes may still have. */
async function listRuns(access: KubeConfig, namespace: string, labels: Labels): Promise<Run[]> {
  const labelSelector = labelFilters(labels).join(",");
  const { items } = await access.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.flatMap((pod) => (pod.status?.containerStatuses ?? []).flatMap((status) => runsOf(pod, status)));
}

/** The last run of a container, and the one before it. */
function runsOf({ metadata }: V1Pod, { name, state, containerID = "", lastState }: V1ContainerStatus): Run[] {
  const common = { component: metadata?.labels?.[componentLabel] ?? "", pod: metadata?.name ?? "", container: name };
  const isRunning = state?.running !== undefined;
  const hasStarted = (isRunning || state?.terminated !== undefined) && containerID !== "";
  const previous = lastState?.terminated?.containerID ?? "";
  return [
    ...(previous === "" || (hasStarted && previous === containerID)
      ? []
      : [{ ...common, id: previous, isPrevious: true, isRunning: false }]),
    ...(hasStarted ? [{ ...common, id: containerID, isPrevious: false, isRunning }] : []),
  ];
}

/** The lines of a run; none when its node has deleted them. */
async function* linesOf(
  access: KubeConfig,
  namespace: string,
  { component, pod, container, isPrevious }: Run,
  { since, follow, signal }: { since: string; follow: boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const flags = { timestamps: "true", follow: String(follow), previous: String(isPrevious) };
  const query = { container, sinceTime: since, ...flags };
  try {
    const stream = await podLog(access, { namespace, pod, query }, signal);
    for await (const line of createInterface({ input: stream })) {
      const space = line.indexOf(" ");
      yield { time: inUtc(line.slice(0, space)), component, container: pod, text: line.slice(space + 1) };
    }
  } catch (error) {
    // 404: the pod was deleted meanwhile. 400: the container is between two runs.
    if (!(error instanceof ApiException && (error.code === 404 || error.code === 400))) {
      throw error;
    }
  }
}

/** A time of RFC 3339 in UTC with nanoseconds. A node may write its own time zone. */
export function inUtc(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) {
    return time;
  }
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return `${date.toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
