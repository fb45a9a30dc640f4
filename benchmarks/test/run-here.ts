import { runLoad } from "../load/load.ts";
import { mergeParts } from "../load/parts.ts";
import type { Plan, PlanResult } from "../load/plan.ts";

/** Runs a plan in this thread. */
export async function runHere(plan: Plan, stop = new AbortController().signal): Promise<PlanResult> {
  return mergeParts(plan, [await runLoad({ ...plan, index: 0, of: 1 }, () => {}, stop)]);
}
