import { planOf, type Scenario } from "../scenarios.ts";
import { mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";

const counts = [1, 2, 4, 8];

/** The same load on more and more replicas; there are as many as before in the end. @throws Error where the stack is not ours to scale */
export async function scale(stage: Stage, scenario: Scenario): Promise<Played> {
  const { startScaling } = mustBeLocal(stage);
  if (startScaling === undefined) throw new Error("the stack is not the dev stack");
  const scaling = await startScaling();
  try {
    for (const replicas of counts) {
      stage.progress.say(`scaling to ${replicas}`);
      await scaling.to(replicas);
      await runStep(stage, scenario, `${replicas} replicas`, planOf(scenario, stage.targets));
    }
  } finally {
    stage.progress.say("scaling back");
    await scaling.back();
  }
  return { checks: [], notes: [] };
}
