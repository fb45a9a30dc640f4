import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";

/** More would hide what matters. */
const mostLines = 8;

/**
 * What a cluster has complained of in a namespace, each complaint once and the latest first: a quota that is used up, a
 * node without room, an image that can't be pulled. The provider's own errors quote some of it, by its version.
 *
 * @param since complaints before that are left out
 */
export const complaintsIn = async (access: KubeConfig, namespace: string, since: Date): Promise<string[]> => {
  const { items } = await access
    .makeApiClient(CoreV1Api)
    .listNamespacedEvent({ namespace, fieldSelector: "type=Warning" });
  const lines = items
    .map((event) => ({ ...event, time: event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp }))
    .filter(({ time }) => time !== undefined && time.getTime() >= since.getTime())
    .sort((a, b) => Number(b.time) - Number(a.time))
    .map(({ involvedObject, reason = "", message = "" }) => ({
      message,
      line: `${involvedObject.kind ?? ""} ${involvedObject.name ?? ""}: ${reason}: ${message}`,
    }));
  return [...new Map(lines.map(({ message, line }) => [message, line])).values()].slice(0, mostLines);
};
