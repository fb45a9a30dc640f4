import { setTimeout as pause } from "node:timers/promises";
import { interruption } from "../lib/interruption.ts";
import { messageOf } from "../lib/user-error.ts";
import { compareWithBaseline, type Earlier } from "./baseline.ts";
import {
  fallenBackChecks,
  memoryChecks,
  memoryNotMeasured,
  notesOn,
  originalCheck,
  promisedChecks,
  sentChecks,
  successCheck,
} from "./checks.ts";
import type { Comparison } from "./compare.ts";
import { cache } from "./plays/cache.ts";
import { faults } from "./plays/faults.ts";
import { ramp } from "./plays/ramp.ts";
import { scale } from "./plays/scale.ts";
import { memorySlopeChecks, soak } from "./plays/soak.ts";
import type { BenchResult, Check, RunFacts, ScenarioResult, Step } from "./result.ts";
import { notMeasured, unfinished } from "./result.ts";
import { paceMs, planOf, type Scenario } from "./scenarios.ts";
import { findStack } from "./stack.ts";
import { type LocalStack, type Played, runStep, type Stage } from "./stage.ts";
import { probe } from "./target.ts";
import { type Usage, usageOf, type Watched, watchContainers } from "./watch/containers.ts";

const plays = { ramp, soak, scale, faults, cache };

/** From so many users on, what they leave behind is looked at. */
const crowd = 10_000;

/** How long the stack may take to give back what a crowd took. */
const fallBackSeconds = 60;

/** How long a site that does not answer is waited for before a scenario, in seconds. */
const answersWithin = 5;

/** Where no container can be seen. */
const noEngine = "no stack of this machine's Docker engine is at that address";

/** The stack against its references: how, or why not; undefined where nobody asked for it. */
export type ComparisonPlan = { run: () => Promise<Comparison> } | "not from here" | undefined;

/** A run, with all that it needs and was told. */
export interface Session {
  facts: RunFacts;
  stage: Pick<Stage, "url" | "targets" | "local" | "progress">;
  scenarios: readonly Scenario[];
  comparison: ComparisonPlan;
  baseline: Earlier | undefined;
  /** Is given the result at the beginning and after each scenario, so that nothing is lost. */
  keep: (result: BenchResult) => void;
}

/**
 * Runs scenarios one after the other, and then the comparison. When the user asks to stop, what was seen until then is
 * the result. What fails meanwhile is a target that was not met, and the next scenario has its turn.
 *
 * @throws Error before any load, where the containers can't be read or the result can't be kept
 */
export async function runSession(session: Session): Promise<BenchResult> {
  const { facts, stage, scenarios, keep } = session;
  const { local } = stage;
  const result: BenchResult = {
    ...facts,
    scenarios: [],
    comparison: null,
    checks: [],
    baseline: null,
    stopped: false,
  };
  const atStart = local === undefined ? [] : await usageOf(local.engine, local.stack.labels);
  keep(result);
  for (const scenario of scenarios) {
    if (interruption.aborted) break;
    result.scenarios.push(await runScenario({ ...stage, steps: [] }, scenario, atStart));
    keep(result);
  }
  if (!interruption.aborted) Object.assign(result, await runComparison(session));
  result.stopped = interruption.aborted;
  if (session.baseline !== undefined) result.baseline = compareWithBaseline(result, session.baseline);
  keep(result);
  return result;
}

/** What both say where the stack and its references could not be compared. */
const comparing = "comparison with the references";

async function runComparison({ comparison: plan }: Session): Promise<Pick<BenchResult, "comparison" | "checks">> {
  if (plan === undefined) return { comparison: null, checks: [] };
  if (plan === "not from here") {
    return { comparison: null, checks: [notMeasured(comparing, "the ratios' targets", noEngine)] };
  }
  try {
    return { comparison: await plan.run(), checks: [] };
  } catch (error) {
    return { comparison: null, checks: interruption.aborted ? [] : [unfinished(comparing, messageOf(error))] };
  }
}

async function runScenario(given: Stage, scenario: Scenario, atStart: readonly Usage[]): Promise<ScenarioResult> {
  let stage = given;
  let played: Played;
  let watched: Watched = { usage: [], trouble: undefined };
  try {
    await untilItAnswers(stage);
    if (stage.local !== undefined) {
      // The scenario before may have changed the stack's containers.
      const stack = await findStack(stage.local.engine, stage.url);
      stage = { ...stage, local: { ...stage.local, stack } };
    }
    const watch = stage.local && watchContainers(stage.local.engine, stage.local.stack.labels);
    try {
      played = await play(stage, scenario);
    } finally {
      if (watch !== undefined) watched = await watch.stop();
    }
  } catch (error) {
    played = brokenOff(error);
  }
  const { steps } = stage;
  const { usage, trouble } = watched;
  return {
    name: scenario.name,
    title: scenario.title,
    kind: scenario.kind,
    mix: scenario.mix,
    users: scenario.users,
    seconds: scenario.seconds,
    everyMs: scenario.kind === "paced" ? paceMs : null,
    original: scenario.original ?? null,
    steps,
    checks: [
      ...steps.map(successCheck),
      ...steps.flatMap(sentChecks),
      ...steps.flatMap((step) => checksOf(scenario, step)),
      ...played.checks,
      ...(steps.length > 0 && !interruption.aborted ? await containerChecks(stage, scenario, atStart, usage) : []),
      ...(trouble === undefined ? [] : [unfinished("reading the containers", trouble)]),
    ],
    usage,
    heaps: played.heaps ?? [],
    notes: [...played.notes, ...notesOn(steps)],
  };
}

/** The user has asked to stop between two steps: those before it are the result. Anything else is a failure. */
const brokenOff = (error: unknown): Played =>
  interruption.aborted
    ? { checks: [], notes: ["Stopped by the user before its end."] }
    : { checks: [unfinished("the run", messageOf(error))], notes: [] };

async function play(stage: Stage, scenario: Scenario): Promise<Played> {
  if (scenario.play !== undefined) return plays[scenario.play](stage, scenario);
  await runStep(stage, scenario, "", planOf(scenario, stage.targets));
  return { checks: [], notes: [] };
}

/** A stack that has died has no further users: that would only take time. @throws Error with what is wrong */
async function untilItAnswers({ targets }: Stage): Promise<void> {
  const end = Date.now() + answersWithin * 1000;
  for (;;) {
    const wrong = await probe(targets.health);
    if (wrong === undefined) return;
    if (Date.now() > end) throw new Error(`the site does not answer as it should before it: ${wrong}`);
    await pause(500, undefined, { signal: interruption });
  }
}

const checksOf = ({ original, kind }: Scenario, { result }: Step): Check[] => [
  ...(original === undefined ? [] : [originalCheck(result, original)]),
  ...(kind === "paced" ? promisedChecks(result) : []),
];

/** What the containers say after a crowd, and over a soak. */
async function containerChecks(
  stage: Stage,
  { users, play }: Scenario,
  atStart: readonly Usage[],
  usage: readonly Usage[],
): Promise<Check[]> {
  const { local } = stage;
  const ofSoak = play === "soak" ? memorySlopeChecks(usage) : [];
  if (users < crowd) return ofSoak;
  if (local === undefined) return [...ofSoak, ...memoryNotMeasured(noEngine)];
  const fellBack = await fallBack(stage, local, atStart, usage).catch((error: unknown) => [
    unfinished("memory given back", messageOf(error)),
  ]);
  return [...ofSoak, ...memoryChecks(usage), ...fellBack];
}

/** Waits until the stack has given back what the crowd took, for as long as it may take. */
async function fallBack(
  { progress }: Stage,
  { engine, stack }: LocalStack,
  atStart: readonly Usage[],
  peak: readonly Usage[],
): Promise<Check[]> {
  progress.say("waiting for the memory to fall back");
  for (let second = 0; ; second += 5) {
    const checks = fallenBackChecks(atStart, peak, await usageOf(engine, stack.labels), second);
    if (checks.every(({ met }) => met) || second >= fallBackSeconds || interruption.aborted) return checks;
    await pause(5000, undefined, { signal: interruption }).catch(() => {});
  }
}
