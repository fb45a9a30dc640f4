import { setTimeout as pause } from "node:timers/promises";
import { interruption } from "../lib/interruption.ts";
import { messageOf } from "../lib/user-error.ts";
import { compareWithBaseline, type Earlier } from "./baseline.ts";
import {
  memoryChecks,
  memoryNotMeasured,
  memoryReleaseChecks,
  notesOn,
  originalCheck,
  promisedChecks,
  sentChecks,
  successCheck,
} from "./checks.ts";
import type { Comparison } from "./compare.ts";
import { type Context, type LocalStack, type Outcome, runStep } from "./context.ts";
import {
  type BenchResult,
  type Check,
  notMeasured,
  type RunFacts,
  type ScenarioResult,
  type Step,
  unfinished,
} from "./result.ts";
import { type Samples, sampleContainers, type Usage, usageOf } from "./sampling.ts";
import { cache } from "./scenarios/cache.ts";
import { arrivalEveryMs, planOf, type Scenario } from "./scenarios/catalogue.ts";
import { faults } from "./scenarios/faults.ts";
import { ramp } from "./scenarios/ramp.ts";
import { scale } from "./scenarios/scale.ts";
import { memorySlopeChecks, soak } from "./scenarios/soak.ts";
import { waitForSite } from "./site.ts";
import { findStack } from "./stack.ts";

const specials = { ramp, soak, scale, faults, cache };

/** From so many users on the memory that they leave behind is checked. */
const crowd = 10_000;

/** How long the stack may take to give back what a crowd took. */
const releaseWithinSeconds = 60;

/** How long a scenario waits for a site that does not answer, in seconds. */
const answersWithin = 5;

/** Why containers are not measured. */
const noEngine = "no stack of this machine's Docker engine is at that address";

/** How the stack is compared with its references; undefined where the comparison was not asked for. */
export type ComparisonPlan = { run: () => Promise<Comparison> } | "not from here" | undefined;

/** What a run needs. */
export interface Session {
  facts: RunFacts;
  context: Pick<Context, "url" | "site" | "local" | "progress">;
  scenarios: readonly Scenario[];
  comparison: ComparisonPlan;
  baseline: Earlier | undefined;
  /** Writes the result, at the beginning and after each scenario. */
  keep: (result: BenchResult) => void;
}

/**
 * Runs scenarios one after the other, and then the comparison. When the user asks to stop, what was seen until then is
 * the result. What fails meanwhile is a threshold that is not met, and the next scenario runs.
 *
 * @throws {Error} before any load, where the containers can't be read or the result can't be kept
 */
export async function runSession(session: Session): Promise<BenchResult> {
  const { facts, context, scenarios, keep } = session;
  const { local } = context;
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
    if (interruption.aborted) {
      break;
    }
    result.scenarios.push(await runScenario({ ...context, steps: [] }, scenario, atStart));
    keep(result);
  }
  if (!interruption.aborted) {
    Object.assign(result, await runComparison(session));
  }
  result.stopped = interruption.aborted;
  if (session.baseline !== undefined) {
    result.baseline = compareWithBaseline(result, session.baseline);
  }
  keep(result);
  return result;
}

/** The name of the check where the stack and its references could not be compared. */
const comparing = "comparison with the references";

async function runComparison({ comparison: plan }: Session): Promise<Pick<BenchResult, "comparison" | "checks">> {
  if (plan === undefined) {
    return { comparison: null, checks: [] };
  }
  if (plan === "not from here") {
    return { comparison: null, checks: [notMeasured(comparing, "the ratios' targets", noEngine)] };
  }
  try {
    return { comparison: await plan.run(), checks: [] };
  } catch (error) {
    return { comparison: null, checks: interruption.aborted ? [] : [unfinished(comparing, messageOf(error))] };
  }
}

async function runScenario(given: Context, scenario: Scenario, atStart: readonly Usage[]): Promise<ScenarioResult> {
  let context = given;
  let outcome: Outcome;
  let samples: Samples = { usage: [], error: undefined };
  try {
    // No load for a stack that has died.
    await waitForSite(context.site, answersWithin, "the site does not answer as it should before it");
    if (context.local !== undefined) {
      // The scenario before may have changed the stack's containers.
      const stack = await findStack(context.local.engine, context.url);
      context = { ...context, local: { ...context.local, stack } };
    }
    const sampler = context.local && sampleContainers(context.local.engine, context.local.stack.labels);
    try {
      outcome = await runSteps(context, scenario);
    } finally {
      if (sampler !== undefined) {
        samples = await sampler.stop();
      }
    }
  } catch (error) {
    outcome = outcomeOf(error);
  }
  const { steps } = context;
  const { usage, error } = samples;
  return {
    name: scenario.name,
    title: scenario.title,
    kind: scenario.kind,
    mix: scenario.mix,
    users: scenario.users,
    seconds: scenario.seconds,
    everyMs: scenario.kind === "open" ? arrivalEveryMs : null,
    original: scenario.original ?? null,
    steps,
    checks: [
      ...steps.map(successCheck),
      ...steps.flatMap(sentChecks),
      ...steps.flatMap((step) => checksOf(scenario, step)),
      ...outcome.checks,
      ...(steps.length > 0 && !interruption.aborted ? await containerChecks(context, scenario, atStart, usage) : []),
      ...(error === undefined ? [] : [unfinished("reading the containers", error)]),
    ],
    usage,
    notes: [...outcome.notes, ...notesOn(steps)],
  };
}

/** An interruption between two steps leaves the steps before it as the result. Any other error is a failure. */
function outcomeOf(error: unknown): Outcome {
  return interruption.aborted
    ? { checks: [], notes: ["Stopped by the user before its end."] }
    : { checks: [unfinished("the run", messageOf(error))], notes: [] };
}

async function runSteps(context: Context, scenario: Scenario): Promise<Outcome> {
  if (scenario.special !== undefined) {
    return specials[scenario.special](context, scenario);
  }
  await runStep(context, scenario, "", planOf(scenario, context.site));
  return { checks: [], notes: [] };
}

function checksOf({ original, kind }: Scenario, { result }: Step): Check[] {
  return [
    ...(original === undefined ? [] : [originalCheck(result, original)]),
    ...(kind === "open" ? promisedChecks(result) : []),
  ];
}

/** The memory of the containers after a crowd, and over a soak. */
async function containerChecks(
  context: Context,
  { users, special }: Scenario,
  atStart: readonly Usage[],
  usage: readonly Usage[],
): Promise<Check[]> {
  const { local } = context;
  const ofSoak = special === "soak" ? memorySlopeChecks(usage) : [];
  if (users < crowd) {
    return ofSoak;
  }
  if (local === undefined) {
    return [...ofSoak, ...memoryNotMeasured(noEngine)];
  }
  const released = await awaitMemoryRelease(context, local, atStart, usage).catch((error: unknown) => [
    unfinished("memory given back", messageOf(error)),
  ]);
  return [...ofSoak, ...memoryChecks(usage), ...released];
}

/** Waits until the stack has given back what the crowd took, for as long as it may take. */
async function awaitMemoryRelease(
  { progress }: Context,
  { engine, stack }: LocalStack,
  atStart: readonly Usage[],
  peak: readonly Usage[],
): Promise<Check[]> {
  progress.say("waiting for the memory to fall back");
  for (let second = 0; ; second += 5) {
    const checks = memoryReleaseChecks(atStart, peak, await usageOf(engine, stack.labels), second);
    if (checks.every(({ met }) => met) || second >= releaseWithinSeconds || interruption.aborted) {
      return checks;
    }
    await pause(5000, undefined, { signal: interruption }).catch(() => {});
  }
}
