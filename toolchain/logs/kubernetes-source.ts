import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { ApiException, CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { podLog } from "../../lib/cluster/pod-log.ts";
import { mergeByTime, Reorder } from "./merge.ts";
import type { LogLine, LogSource } from "./source.ts";

/** How long a followed line waits for older ones of other pods. */
const holdMs = 250;
/** How often pods and containers that have started are looked for. */
const lookMs = 1_000;

/** A run of a pod's container: each start is another one. */
interface Place {
  readonly id: string;
  readonly component: string;
  readonly pod: string;
  readonly container: string;
  /** Whether it is the run before the last, of which the node still has what it wrote. */
  readonly previous: boolean;
  readonly runs: boolean;
}

/** Reads what a run has written since a time, in RFC 3339; to its end where it is followed. */
type Read = (place: Place, since: string, follow: boolean) => AsyncGenerator<LogLine>;

/** The logs of a stack's pods, those that start later included, as the nodes keep them. */
export function kubernetesSource(access: KubeConfig, namespace: string, stack: Labels): LogSource {
  return async function* (range) {
    const labels = range.component === undefined ? stack : { ...stack, [componentLabel]: range.component };
    const look = () => findPlaces(access, namespace, labels);
    /** The time of the last line of each run, so that none is told twice. */
    const last = new Map<string, string>();
    const read: Read = async function* (place, since, follow) {
      const told = last.get(place.id) ?? "";
      for await (const line of linesOf(access, namespace, place, { since, follow, signal: range.signal })) {
        if (line.time <= told) {
          continue;
        }
        // What is written to both outputs at once may be noted in another order than that of its times.
        if (line.time > (last.get(place.id) ?? "")) {
          last.set(place.id, line.time);
        }
        yield line;
      }
    };
    const since = new Date(range.since * 1000).toISOString();
    const places = await look();
    yield* mergeByTime(places.map((place) => read(place, since, false)));
    if (!range.follow) {
      return;
    }
    const told = places.filter(({ runs }) => !runs).map(({ id }) => id);
    yield* following(look, (place) => read(place, last.get(place.id) ?? since, !place.previous), told, range.signal);
  };
}

/** What the runs write from now on, but for those that are told already. */
async function* following(
  look: () => Promise<Place[]>,
  read: (place: Place) => AsyncGenerator<LogLine>,
  told: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const lines = new Reorder();
  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  // After the end nothing is a failure: what is still open is cut off.
  const unlessEnded = (error: unknown): void => {
    if (!ended.aborted) {
      failed.abort(error);
    }
  };
  const begun = new Set(told);
  /** Runs whose stream has ended: where the run goes on, the server has closed it, and it is opened anew. */
  const closed = new Set<string>();
  const follow = async (place: Place): Promise<void> => {
    for await (const line of read(place)) {
      lines.add(line);
    }
    closed.add(place.id);
  };
  const followStarted = async (): Promise<void> => {
    while (!ended.aborted) {
      for (const place of await look()) {
        if (begun.has(place.id) && !(place.runs && closed.delete(place.id))) {
          continue;
        }
        begun.add(place.id);
        follow(place).catch(unlessEnded);
      }
      await pause(lookMs, undefined, { signal: ended });
    }
  };
  followStarted().catch(unlessEnded);
  yield* lines.lines(ended, holdMs);
  failed.signal.throwIfAborted();
}

/** All runs of the stack's containers that a node may still have something of. */
async function findPlaces(access: KubeConfig, namespace: string, labels: Labels): Promise<Place[]> {
  const labelSelector = labelFilters(labels).join(",");
  const { items } = await access.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.flatMap((pod) => (pod.status?.containerStatuses ?? []).flatMap((status) => runsOf(pod, status)));
}

/** The last run of a container, and the one before. */
function runsOf({ metadata }: V1Pod, { name, state, containerID = "", lastState }: V1ContainerStatus): Place[] {
  const place = { component: metadata?.labels?.[componentLabel] ?? "", pod: metadata?.name ?? "", container: name };
  const runs = state?.running !== undefined;
  const begun = runs || state?.terminated !== undefined;
  const before = lastState?.terminated?.containerID ?? "";
  return [
    ...(before === "" || (begun && before === containerID)
      ? []
      : [{ ...place, id: before, previous: true, runs: false }]),
    ...(begun && containerID !== "" ? [{ ...place, id: containerID, previous: false, runs }] : []),
  ];
}

/** The lines that a run has written; none where its node has nothing of it any more. */
async function* linesOf(
  access: KubeConfig,
  namespace: string,
  { component, pod, container, previous }: Place,
  { since, follow, signal }: { since: string; follow: boolean; signal: AbortSignal },
): AsyncGenerator<LogLine> {
  const query = {
    container,
    timestamps: "true",
    sinceTime: since,
    follow: String(follow),
    previous: String(previous),
  };
  try {
    const stream = await podLog(access, { namespace, pod, query }, signal);
    for await (const line of createInterface({ input: stream })) {
      const space = line.indexOf(" ");
      yield { time: inUtc(line.slice(0, space)), component, container: pod, text: line.slice(space + 1) };
    }
  } catch (error) {
    // The pod has gone meanwhile, or the container is between two runs.
    if (!(error instanceof ApiException && (error.code === 404 || error.code === 400))) {
      throw error;
    }
  }
}

/** A time of RFC 3339 in UTC with nanoseconds: a node may write its own time zone. */
export function inUtc(time: string): string {
  const whole = new Date(time);
  if (Number.isNaN(whole.getTime())) {
    return time;
  }
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? "";
  return `${whole.toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
