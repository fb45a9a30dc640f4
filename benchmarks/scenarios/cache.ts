import { Agent } from "node:http";
import { median } from "simple-statistics";
import { type Address, ask, errorIn, probe } from "../address.ts";
import { type Context, type Outcome, requireLocal, runStep } from "../context.ts";
import type { Plan } from "../load/plan.ts";
import type { Check } from "../result.ts";
import { type Site, waitForSite } from "../site.ts";
import { planOf, type Scenario } from "./catalogue.ts";

/** A made-up session: requests with a session bypass the cache. */
const past = { Cookie: "resume_session=benchmark" };

/** How long nginx may take until it answers again, in seconds. */
const backWithin = 20;

/** What nginx caches: a replica gives the first answer to each, and the cache all that follow. */
const cached = ["home", "experience", "projects", "contact", "api", "static"] as const satisfies (keyof Site)[];

/** How often each is asked for after the first time. */
const warmAsks = 20;

/**
 * With an nginx that was just started, the first answer to each page and those that follow, asked one by one: a cold
 * cache fills within milliseconds, so under load it can't be seen. Then the home page under load from the cache, and past
 * it as readers ask, since nginx lets one client ask for no more than 45 pages of its own a second.
 */
export async function cache(context: Context, scenario: Scenario): Promise<Outcome> {
  const { engine, stack } = requireLocal(context);
  const { progress, site } = context;
  progress.say("restarting nginx, for a cache without a page");
  await engine.getContainer(stack.nginx.Id).restart();
  await waitForSite(site, backWithin, `nginx does not answer ${backWithin} s after its restart`);
  const checks = await firstAnswers(site);
  const plan = planOf(scenario, site);
  await runStep(context, scenario, "warm", plan);
  await runStep(context, scenario, "past the cache", uncached(plan));
  return { checks, notes: [] };
}

/** One check for each page: its answers on a cold cache and on a warm one are sound. The value is how long each took. */
export async function firstAnswers(site: Pick<Site, (typeof cached)[number] | "health">): Promise<Check[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    // A connection is there before anything is measured.
    await probe(site.health, agent);
    const checks: Check[] = [];
    for (const name of cached) {
      const first = await timed(site[name], agent);
      const others: (typeof first)[] = [];
      for (let time = 0; time < warmAsks; time++) {
        others.push(await timed(site[name], agent));
      }
      const wrong = [first, ...others].flatMap(({ wrong }) => wrong ?? [])[0];
      checks.push({
        what: `${name}, first answer and the next ones`,
        value: wrong ?? `${first.ms.toFixed(1)} ms, then ${median(others.map(({ ms }) => ms)).toFixed(1)} ms`,
        threshold: "sound",
        met: wrong === undefined,
      });
    }
    return checks;
  } finally {
    agent.destroy();
  }
}

async function timed(
  { url, headers, expected }: Address,
  agent: Agent,
): Promise<{ ms: number; wrong: string | undefined }> {
  const start = performance.now();
  const answer = await ask(url, headers, agent);
  return { ms: performance.now() - start, wrong: errorIn(answer, expected) };
}

function uncached(plan: Plan): Plan {
  return {
    ...plan,
    kind: "open",
    shares: plan.shares.map((share) => ({
      ...share,
      address: { ...share.address, headers: { ...share.address.headers, ...past } },
    })),
  };
}
