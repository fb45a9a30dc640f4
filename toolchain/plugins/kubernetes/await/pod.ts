/** A Pod is ready when its containers are, or have done their work. */
import type { Props } from "../../lib/values.ts";
import { conditionOf, textAt } from "../object.ts";
import { problemsOf } from "./pod-problems.ts";
import type { Awaiter, Look } from "./wait.ts";

export const pod: Awaiter = { timeoutSeconds: 600, start: () => async (live) => look(live) };

function look(live: Props): Look {
  if (textAt(conditionOf(live, "Ready"), "status") === "True" || textAt(live, "status", "phase") === "Succeeded") {
    return { ready: true };
  }
  return {
    ready: false,
    failed: textAt(live, "status", "phase") === "Failed",
    status: "Waiting for Pod to be ready",
    reasons: problemsOf(live),
  };
}
