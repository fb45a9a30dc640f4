import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { interruption } from "../../lib/interruption.ts";
import type { Plan } from "../load/plan.ts";
import type { Check } from "../result.ts";
import { planOf, type Scenario } from "../scenarios.ts";
import { mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";
import { median } from "../statistics.ts";
import { ask, probe, type Target, trouble } from "../target.ts";
import type { Targets } from "../targets.ts";

/** A session that nobody has: nginx asks a replica for such a visitor, past its cache. */
const past = { Cookie: "resume_session=benchmark" };

/** How long nginx may take until it answers again, in seconds. */
const backWithin = 20;

/** What nginx keeps. The first answer to each is a replica's work, and all that follow come from the cache. */
const cached = ["home", "experience", "projects", "contact", "api", "static"] as const satisfies (keyof Targets)[];

/** How often each is asked for after the first time. */
const warmAsks = 20;

/**
 * With an nginx that was just started, the first answer to each page and those that follow, asked one by one: a cold
 * cache fills within milliseconds, so under load it can't be seen. Then the home page under load from the cache, and past
 * it as readers ask, since nginx lets one client ask for no more than 50 pages of its own a second.
 */
export async function cache(stage: Stage, scenario: Scenario): Promise<Played> {
  const { engine, stack } = mustBeLocal(stage);
  const { progress, targets } = stage;
  progress.say("restarting nginx, for a cache without a page");
  await engine.getContainer(stack.nginx.Id).restart();
  await untilItAnswers(targets.health);
  const checks = await firstAnswers(targets);
  const plan = planOf(scenario, targets);
  await runStep(stage, scenario, "warm", plan);
  await runStep(stage, scenario, "past the cache", uncached(plan));
  return { checks, notes: [] };
}

/** @throws Error with what is still wrong where nginx does not come back in time */
async function untilItAnswers(health: Target): Promise<void> {
  const end = Date.now() + backWithin * 1000;
  for (;;) {
    interruption.throwIfAborted();
    const wrong = await probe(health);
    if (wrong === undefined) return;
    if (Date.now() > end) throw new Error(`nginx does not answer ${backWithin} s after its restart: ${wrong}`);
    await pause(200);
  }
}

/** One check for each page: its answers on a cold cache and on a warm one are sound. They tell how long each took. */
export async function firstAnswers(targets: Pick<Targets, (typeof cached)[number] | "health">): Promise<Check[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    // A connection is there before anything is measured.
    await probe(targets.health, agent);
    const checks: Check[] = [];
    for (const name of cached) {
      const first = await timed(targets[name], agent);
      const others: (typeof first)[] = [];
      for (let time = 0; time < warmAsks; time++) others.push(await timed(targets[name], agent));
      const wrong = [first, ...others].flatMap(({ wrong }) => wrong ?? [])[0];
      checks.push({
        what: `${name}, first answer and the next ones`,
        value: wrong ?? `${first.ms.toFixed(1)} ms, then ${median(others.map(({ ms }) => ms)).toFixed(1)} ms`,
        target: "sound",
        met: wrong === undefined,
      });
    }
    return checks;
  } finally {
    agent.destroy();
  }
}

async function timed(
  { url, headers, expected }: Target,
  agent: Agent,
): Promise<{ ms: number; wrong: string | undefined }> {
  const start = performance.now();
  const answer = await ask(url, headers, agent);
  return { ms: performance.now() - start, wrong: trouble(answer, expected) };
}

const uncached = (plan: Plan): Plan => ({
  ...plan,
  kind: "paced",
  shares: plan.shares.map((share) => ({
    ...share,
    target: { ...share.target, headers: { ...share.target.headers, ...past } },
  })),
});
