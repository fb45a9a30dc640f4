import type { V1Pod } from "@kubernetes/client-node";

/** Whether a pod's containers are all ready. */
export function isReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: met }) => type === "Ready" && met === "True") ?? false;
}
