import { sum } from "../load/plan.ts";
import type { Step } from "../result.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { type Played, runStep, type Stage } from "../stage.ts";

const firstUsers = 25;

/** More users that bring less than this much more, as a share, only wait longer. */
const worthwhile = 0.05;

/** Twice the users with each step; tells from where on they only wait. */
export async function ramp(stage: Stage, scenario: Scenario): Promise<Played> {
  for (let users = Math.min(firstUsers, scenario.users); users <= scenario.users; users *= 2) {
    await runStep(stage, scenario, `${users}`, planOf({ ...scenario, users }, stage.targets));
  }
  return { checks: [], notes: [kneeNote(stage.steps)] };
}

/** The last step that brought something. */
export function kneeNote(steps: readonly Step[]): string {
  let best = { users: 0, perSecond: 0 };
  for (const { users, result } of steps) {
    const { perSecond } = sum(result);
    if (perSecond > best.perSecond * (1 + worthwhile)) best = { users, perSecond };
  }
  return `The knee is at ${best.users} users, ${Math.round(best.perSecond).toLocaleString("en")} requests/s: more users wait longer, and get no more.`;
}
