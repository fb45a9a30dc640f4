import { type Context, type Outcome, runStep } from "../context.ts";
import { totals } from "../load/plan.ts";
import type { Step } from "../result.ts";
import { planOf, type Scenario } from "./catalogue.ts";

const firstUsers = 25;

/** More users that bring less than this much more, as a share, only wait longer. */
const worthwhile = 0.05;

/** Twice the users with each step; tells from where on they only wait. */
export async function ramp(context: Context, scenario: Scenario): Promise<Outcome> {
  for (let users = Math.min(firstUsers, scenario.users); users <= scenario.users; users *= 2) {
    await runStep(context, scenario, `${users}`, planOf({ ...scenario, users }, context.site));
  }
  return { checks: [], notes: [kneeNote(context.steps)] };
}

/** The last step that brought something. */
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
