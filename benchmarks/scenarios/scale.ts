import { type Context, type Outcome, requireLocal, runStep } from "../context.ts";
import { planOf, type Scenario } from "./catalogue.ts";

const counts = [1, 2, 4, 8];

/** The same load on more and more replicas; there are as many as before in the end. @throws {Error} when the stack is not ours to scale */
export async function scale(context: Context, scenario: Scenario): Promise<Outcome> {
  const { startScaling } = requireLocal(context);
  if (startScaling === undefined) {
    throw new Error("the stack is not the dev stack");
  }
  const scaling = await startScaling();
  try {
    for (const replicas of counts) {
      context.progress.say(`scaling to ${replicas}`);
      await scaling.to(replicas);
      await runStep(context, scenario, `${replicas} replicas`, planOf(scenario, context.site));
    }
  } finally {
    context.progress.say("scaling back");
    await scaling.back();
  }
  return { checks: [], notes: [] };
}
