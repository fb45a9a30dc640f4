import { type Context, type Outcome, runStep } from "../context.ts";
import { totals } from "../load/plan.ts";
import type { Step } from "../result.ts";
import { planOf, type Scenario } from "./catalogue.ts";

const firstUsers = 25;

/** Gain of requests/s, as a share, below which more users only wait longer. */
const worthwhile = 0.05;

/** Doubles the users with each step, and notes the step from which on more users only wait longer. */
export async function ramp(context: Context, scenario: Scenario): Promise<Outcome> {
  for (let users = Math.min(firstUsers, scenario.users); users <= scenario.users; users *= 2) {
    await runStep(context, scenario, `${users}`, planOf({ ...scenario, users }, context.site));
  }
  return { checks: [], notes: [kneeNote(context.steps)] };
}

/** The last step with a gain. */
export function kneeNote(steps: readonly Step[]): string {
  let best = { users: 0, perSecond: 0 };
  for (const { users, result } of steps) {
    const { perSecond } = totals(result);
    if (perSecond > best.perSecond * (1 + worthwhile)) {
      best = { users, perSecond };
    }
  }
  return `The knee is at ${best.users} users, ${Math.round(best.perSecond).toLocaleString("en")} requests/s: more users wait longer, and get no more.`;
}
