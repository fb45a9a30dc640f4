import { setTimeout as pause } from "node:timers/promises";
import type { Plan } from "../load/plan.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";
import { probe } from "../target.ts";

/** A session that nobody has: nginx asks a replica for such a visitor, past its cache. */
const past = { Cookie: "resume_session=benchmark" };

/**
 * The home page with an nginx that was just started, with one that knows it, and past its cache: there as readers, since
 * nginx lets one client ask for no more than 50 pages of its own a second.
 */
export async function cache(stage: Stage, scenario: Scenario): Promise<Played> {
  const { engine, stack } = mustBeLocal(stage, scenario);
  const plan = planOf(scenario, stage.targets);
  stage.progress.say("restarting nginx, for a cache without a page");
  await engine.getContainer(stack.nginx.Id).restart();
  for (let attempt = 0; (await probe(stage.targets.health)) !== undefined && attempt < 50; attempt++) await pause(200);
  await runStep(stage, scenario, "cold", plan);
  await runStep(stage, scenario, "warm", plan);
  await runStep(stage, scenario, "past the cache", uncached(plan));
  return { checks: [], notes: [] };
}

const uncached = (plan: Plan): Plan => ({
  ...plan,
  kind: "paced",
  shares: plan.shares.map((share) => ({
    ...share,
    target: { ...share.target, headers: { ...share.target.headers, ...past } },
  })),
});
