import { UserError } from "../../toolchain/lib/user-error.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";

const counts = [1, 2, 4, 8];

/** The same load on more and more replicas; there are as many as before in the end. @throws UserError where the stack is not the dev stack */
export async function scale(stage: Stage, scenario: Scenario): Promise<Played> {
  const { stack, scale } = mustBeLocal(stage, scenario);
  if (scale === undefined)
    throw new UserError(`The scenario ${scenario.name} scales the dev stack: run it without a URL.`);
  try {
    for (const replicas of counts) {
      stage.progress.say(`scaling to ${replicas}`);
      await scale(replicas);
      await runStep(stage, scenario, `${replicas} replicas`, planOf(scenario, stage.targets));
    }
  } finally {
    stage.progress.say(`scaling back to ${stack.replicas.length}`);
    await scale(stack.replicas.length);
  }
  return { checks: [], notes: [] };
}
