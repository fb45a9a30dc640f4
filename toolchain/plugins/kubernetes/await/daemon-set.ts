/** A DaemonSet is ready when its newest pod is available on every node that it is for. */
import type { Props } from "../../lib/values.ts";
import { matchLabels, type View } from "../api.ts";
import { numberAt, textAt } from "../object.ts";
import { problemsOfOwned } from "./pod-problems.ts";
import { refusalsOf } from "./refusals.ts";
import type { Awaiter, Look } from "./wait.ts";

export const daemonSet: Awaiter = {
  timeoutSeconds: 600,
  start:
    ({ view }) =>
    (live) =>
      look(view, live),
};

async function look(view: View, live: Props): Promise<Look> {
  const count = (name: string) => numberAt(live, "status", name) ?? 0;
  const isObserved = numberAt(live, "status", "observedGeneration") === numberAt(live, "metadata", "generation");
  const wanted = count("desiredNumberScheduled");
  const byHand = textAt(live, "spec", "updateStrategy", "type") === "OnDelete";
  const updated = byHand ? wanted : count("updatedNumberScheduled");
  const available = count("numberAvailable");
  if (isObserved && updated >= wanted && available >= wanted) {
    return { ready: true };
  }
  return {
    ready: false,
    status: `Waiting for DaemonSet to be available (${Math.min(updated, available)}/${wanted} Pods available)`,
    reasons: [
      isObserved
        ? `${available} of ${wanted} pods are available, ${updated} of them updated`
        : "the DaemonSet controller has not seen the change",
      ...(await problemsOfOwned(view, live, matchLabels(live))),
      ...(await refusalsOf(view, live)),
    ],
  };
}
