import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { assertRunnable } from "../context.ts";
import { chosenScenarios } from "../options.ts";
import { Progress } from "../report/progress.ts";
import { type BenchResult, codeOf } from "../result.ts";
import { firstAnswers } from "../scenarios/cache.ts";
import { runSession, type Session } from "../session.ts";
import { findSite } from "../site.ts";
import { runFacts } from "./fake-result.ts";
import { fakeServer } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

/** Short runs against a site of this process; every result that was kept, as it was then. */
async function session(t: TestContext, changes: Partial<Session> & { site?: string }) {
  const url = new URL(changes.site ?? (await fakeServer(t, siteAnswer)));
  const kept: BenchResult[] = [];
  const result = await runSession({
    facts: runFacts(),
    context: { url, site: await findSite(url), local: undefined, progress: new Progress(process.stderr) },
    scenarios: chosenScenarios({ names: ["health"], users: 5, seconds: 1 }),
    comparison: undefined,
    baseline: undefined,
    keep: (result) => void kept.push(structuredClone(result)),
    ...changes,
  });
  return { result, kept };
}

test("the result is kept at the beginning and after each scenario", async (t) => {
  const scenarios = chosenScenarios({ names: ["health", "home"], users: 5, seconds: 1 });
  const { result, kept } = await session(t, { scenarios });
  assert.equal(codeOf(result), 0, JSON.stringify(result));
  assert.deepEqual(
    kept.map(({ scenarios }) => scenarios.length),
    [0, 1, 2, 2],
  );
});

test("a comparison that breaks off is a threshold that was not met, and costs no other result", async (t) => {
  const run = async () => assert.fail("the reference koa has no port");
  const { result } = await session(t, { comparison: { run } });
  assert.equal(result.scenarios[0]?.checks[0]?.met, true);
  assert.equal(result.checks[0]?.value, "the reference koa has no port");
  assert.equal(codeOf(result), 1);
});

test("references that can't be started from here are not measured", async (t) => {
  const { result } = await session(t, { comparison: "not from here" });
  assert.deepEqual(
    result.checks.map(({ what, met }) => [what, met]),
    [["comparison with the references", null]],
  );
  assert.equal(codeOf(result), 0);
});

test("what containers are needed for is refused before any load", () => {
  for (const name of ["soak", "scale", "faults", "cache"]) {
    const scenarios = chosenScenarios({ names: [name], users: undefined, seconds: undefined });
    assert.throws(() => assertRunnable(scenarios, undefined), new RegExp(`^UserError: The scenario ${name} `));
  }
  const without = chosenScenarios({ names: ["ramp", "home"], users: undefined, seconds: undefined });
  assert.doesNotThrow(() => assertRunnable(without, undefined));
});

test("the first answer to each page is told beside the next ones, and a wrong one is a failure", async (t) => {
  const site = await findSite(new URL(await fakeServer(t, siteAnswer)));
  const checks = await firstAnswers(site);
  assert.equal(checks.length, 6);
  for (const { value, met } of checks) {
    assert.equal(met, true);
    assert.match(value, /^\d+\.\d ms, then \d+\.\d ms$/);
  }
  const other = { ...site.home.expected, encoding: "br" };
  const [home] = await firstAnswers({ ...site, home: { ...site.home, expected: other } });
  assert.equal(home?.met, false);
});
