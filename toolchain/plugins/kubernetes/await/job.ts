/** A Job is ready when it has completed. */
import type { Props } from "../../lib/values.ts";
import { matchLabels, type View } from "../api.ts";
import { conditionOf, numberAt, textAt } from "../object.ts";
import { problemsOfOwned } from "./pod-problems.ts";
import { refusalsOf } from "./refusals.ts";
import type { Awaiter, Look } from "./wait.ts";

export const job: Awaiter = {
  timeoutSeconds: 600,
  start:
    ({ view }) =>
    (live) =>
      look(view, live),
};

async function look(view: View, live: Props): Promise<Look> {
  if (textAt(conditionOf(live, "Complete"), "status") === "True") {
    return { ready: true };
  }
  const succeeded = numberAt(live, "status", "succeeded") ?? 0;
  const wanted = numberAt(live, "spec", "completions") ?? 1;
  const failure = conditionOf(live, "Failed");
  const failed = textAt(failure, "status") === "True";
  return {
    ready: false,
    failed,
    status: `Waiting for Job to succeed (${succeeded}/${wanted} Pods succeeded)`,
    reasons: [
      ...(failed ? [`[${textAt(failure, "reason")}] ${textAt(failure, "message")}`] : []),
      `${succeeded} of ${wanted} pods have succeeded`,
      ...(await problemsOfOwned(view, live, matchLabels(live))),
      ...(await refusalsOf(view, live)),
    ],
  };
}
