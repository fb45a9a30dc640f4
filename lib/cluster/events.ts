import { CoreV1Api, type CoreV1Event, type KubeConfig } from "@kubernetes/client-node";

/** The first few events name the cause; more would hide Pulumi's own error. */
const maxLines = 8;

/** The time of an event's last occurrence. A repeated event keeps the time of the first one, and has the last one's in `series`. */
function lastTime({ series, lastTimestamp, eventTime, metadata }: CoreV1Event): Date {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  // The library leaves times with microseconds as text. The scheduler writes only those.
  return new Date(time ?? 0);
}

/**
 * The warning events of a namespace since a time, each message once, the latest first: a quota that is used up, a node
 * without room, an image that can't be pulled. The Kubernetes provider's own errors quote only some of them.
 */
export async function warningEvents(access: KubeConfig, namespace: string, since: Date): Promise<string[]> {
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
  return [...new Map(lines.map(({ message, line }) => [message, line])).values()].slice(0, maxLines);
}
