import { CoreV1Api, type CoreV1Event, type KubeConfig } from "@kubernetes/client-node";

/** More would hide what matters. */
const mostLines = 8;

/** When it was last so. One that the scheduler repeats keeps the time of the first one beside the series' own. */
function lastTime({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): Date {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  // The library leaves times with microseconds, which are all that the scheduler writes, as text.
  return new Date(time ?? 0);
}

/**
 * What a cluster has complained of in a namespace, each complaint once and the latest first: a quota that is used up, a
 * node without room, an image that can't be pulled. The provider's own errors quote some of it, by its version.
 *
 * @param since complaints before that are left out
 */
export async function complaintsIn(access: KubeConfig, namespace: string, since: Date): Promise<string[]> {
  const { items } = await access
    .makeApiClient(CoreV1Api)
    .listNamespacedEvent({ namespace, fieldSelector: "type=Warning" });
  const lines = items
    .map((event) => ({ ...event, time: lastTime(event) }))
    .filter(({ time }) => time >= since)
    .sort((a, b) => Number(b.time) - Number(a.time))
    .map(({ involvedObject, reason = "", message = "" }) => ({
      message,
      line: `${involvedObject.kind ?? ""} ${involvedObject.name ?? ""}: ${reason}: ${message}`,
    }));
  return [...new Map(lines.map(({ message, line }) => [message, line])).values()].slice(0, mostLines);
}
