/** A StatefulSet is ready when all its pods are, in its newest revision. */
import type { Props } from "../../lib/values.ts";
import { matchLabels, type View } from "../api.ts";
import { numberAt, textAt } from "../object.ts";
import { problemsOfOwned } from "./pod-problems.ts";
import { refusalsOf } from "./refusals.ts";
import type { Awaiter, Look } from "./wait.ts";

export const statefulSet: Awaiter = {
  timeoutSeconds: 600,
  start:
    ({ view }) =>
    (live) =>
      look(view, live),
};

async function look(view: View, live: Props): Promise<Look> {
  const count = (name: string) => numberAt(live, "status", name) ?? 0;
  const generation = numberAt(live, "metadata", "generation") ?? 0;
  const isObserved = numberAt(live, "status", "observedGeneration") === generation;
  const wanted = numberAt(live, "spec", "replicas") ?? 1;
  // Pods of OnDelete get their revision when someone deletes them.
  const byHand = generation > 1 && textAt(live, "spec", "updateStrategy", "type") === "OnDelete";
  const current = textAt(live, "status", "currentRevision");
  const isNewest = byHand || (current !== "" && current === textAt(live, "status", "updateRevision"));
  const areReady =
    count("replicas") === wanted &&
    count("readyReplicas") === wanted &&
    (byHand || count("currentReplicas") === wanted);
  if (isObserved && isNewest && areReady) {
    return { ready: true };
  }
  const done = isNewest ? count("readyReplicas") : Math.min(count("readyReplicas"), count("updatedReplicas"));
  return {
    ready: false,
    status: statusOf(generation, areReady, `${done}/${wanted} Pods ready`),
    reasons: [
      `${done} of ${wanted} pods are ready`,
      ...(await problemsOfOwned(view, live, matchLabels(live))),
      ...(await refusalsOf(view, live)),
    ],
  };
}

function statusOf(generation: number, areReady: boolean, pods: string): string {
  if (generation <= 1) {
    return `[1/2] Waiting for StatefulSet to create Pods (${pods})`;
  }
  return areReady
    ? "[2/3] Waiting for StatefulSet to update .status.currentRevision"
    : `[1/3] Waiting for StatefulSet update to roll out (${pods})`;
}
