import { interruption } from "../../lib/interruption.ts";
import { mustHaveSent } from "../watch/machine.ts";
import type { Plan, PlanResult, Share, ShareResult } from "./plan.ts";
import { runPlan } from "./run.ts";

/**
 * Runs a plan of one share.
 * @throws AbortError when the user asks to stop
 * @throws UserError where this machine could not send what it should
 */
export async function runAlone(
  share: Share,
  plan: Omit<Plan, "shares">,
): Promise<{ share: ShareResult; result: PlanResult }> {
  const result = await runPlan({ ...plan, shares: [share] });
  interruption.throwIfAborted();
  mustHaveSent(result.load);
  const [only] = result.shares;
  if (only === undefined) throw new Error("the load has no result");
  return { share: only, result };
}
