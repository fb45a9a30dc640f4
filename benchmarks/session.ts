import { setTimeout as pause } from "node:timers/promises";
import { interruption } from "../toolchain/lib/interruption.ts";
import { fallenBackCheck, memoryChecks, notesOn, originalCheck, promisedChecks, successCheck } from "./checks.ts";
import { cache } from "./plays/cache.ts";
import { faults } from "./plays/faults.ts";
import { ramp } from "./plays/ramp.ts";
import { scale } from "./plays/scale.ts";
import { soak } from "./plays/soak.ts";
import type { ScenarioResult, Step } from "./result.ts";
import { planOf, type Scenario } from "./scenarios.ts";
import { findStack } from "./stack.ts";
import { type LocalStack, type Played, runStep, type Stage } from "./stage.ts";
import { type Usage, usageOf, watchContainers } from "./watch/containers.ts";

const plays = { ramp, soak, scale, faults, cache };

/** From so many users on, what they leave behind is looked at. */
const crowd = 10_000;

/** How long the stack may take to give back what a crowd took. */
const fallBackSeconds = 60;

/** Runs scenarios one after the other. When the user asks to stop, what was seen until then is the result. */
export async function runScenarios(
  stage: Omit<Stage, "steps">,
  scenarios: readonly Scenario[],
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    if (interruption.aborted) break;
    // The scenario before may have changed the stack's containers.
    const local = stage.local && { ...stage.local, stack: await findStack(stage.local.engine, stage.url) };
    results.push(await runScenario({ ...stage, local, steps: [] }, scenario));
  }
  return results;
}

async function runScenario(stage: Stage, scenario: Scenario): Promise<ScenarioResult> {
  const { local, steps } = stage;
  const before = local === undefined ? [] : await usageOf(local.engine, local.stack.labels);
  const watch = local === undefined ? undefined : watchContainers(local.engine, local.stack.labels);
  let played: Played;
  let usage: Usage[] = [];
  try {
    played = await play(stage, scenario);
  } finally {
    usage = (await watch?.stop()) ?? [];
  }
  const looksAtMemory = scenario.users >= crowd && local !== undefined && !interruption.aborted;
  return {
    name: scenario.name,
    title: scenario.title,
    kind: scenario.kind,
    users: scenario.users,
    original: scenario.original ?? null,
    steps,
    checks: [
      ...steps.map(successCheck),
      ...steps.flatMap((step) => checksOf(scenario, step)),
      ...played.checks,
      ...(looksAtMemory ? [...memoryChecks(usage), await fallBack(stage, local, before, usage)] : []),
    ],
    usage,
    notes: [...played.notes, ...notesOn(steps)],
  };
}

const play = async (stage: Stage, scenario: Scenario): Promise<Played> => {
  try {
    if (scenario.play !== undefined) return await plays[scenario.play](stage, scenario);
    await runStep(stage, scenario, "", planOf(scenario, stage.targets));
    return { checks: [], notes: [] };
  } catch (error) {
    // The user has asked to stop between two steps: those before it are the result.
    if (interruption.aborted) return { checks: [], notes: ["Stopped by the user before its end."] };
    throw error;
  }
};

const checksOf = ({ original, kind }: Scenario, { result }: Step) => [
  ...(original === undefined ? [] : [originalCheck(result, original)]),
  ...(kind === "paced" ? promisedChecks(result) : []),
];

/** Waits until the stack has given back what the crowd took, for as long as it may take. */
async function fallBack(
  { progress }: Stage,
  { engine, stack }: LocalStack,
  before: readonly Usage[],
  peak: readonly Usage[],
) {
  progress.say("waiting for the memory to fall back");
  for (let second = 0; ; second += 5) {
    const check = fallenBackCheck(before, peak, await usageOf(engine, stack.labels), second);
    if (check.met || second >= fallBackSeconds || interruption.aborted) return check;
    await pause(5000, undefined, { signal: interruption }).catch(() => {});
  }
}
