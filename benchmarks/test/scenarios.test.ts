import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryChecks, memoryReleaseChecks, sentChecks, successCheck } from "../checks.ts";
import type { Usage } from "../sampling.ts";
import { planOf, scenarios } from "../scenarios/catalogue.ts";
import { kneeNote } from "../scenarios/ramp.ts";
import { growthCheck, memorySlopeChecks } from "../scenarios/soak.ts";
import type { Site } from "../site.ts";
import { stepOf, usageOf } from "./fake-result.ts";
import { address } from "./fake-server.ts";

test("one failure in a million is not 100 %", () => {
  const check = successCheck(stepOf(1, 1_000_000, 1));
  assert.equal(check.value, "99.99 % of 1,000,000");
  assert.equal(check.met, false);
  assert.equal(successCheck(stepOf(1, 0)).met, false);
});

test("the knee is the last step that brought more", () => {
  const steps = [100, 200, 400, 800].map((users, index) => stepOf(users, 1000, 0, [500, 900, 930, 880][index]));
  assert.match(kneeNote(steps), /^The knee is at 200 users, 900 requests\/s/);
});

test("what is not given back is growth, swinging is not", () => {
  const check = (value: (index: number) => number) => {
    const points = Array.from({ length: 100 }, (_, index): [number, number] => [index * 1000, value(index)]);
    return growthCheck("heap", { labels: { instance: "a" }, points });
  };
  assert.equal(check((index) => 100 + index / 2).met, false);
  assert.equal(check((index) => 100 + (index % 40) * 5).met, true);
  assert.equal(check((index) => (index % 40) * 5 + (index < 50 ? 100 : 120)).met, false);
  assert.equal(growthCheck("heap", { labels: {}, points: [] }).met, false);
});

test("what answers visitors may not take more and more memory; Prometheus, which gathers samples, may", () => {
  const times = Array.from({ length: 100 }, (_, index) => index * 2000);
  const growing = (component: string) => times.map((time) => usageOf(component, 50e6 + 200 * time, time));
  const still = times.map((time) => usageOf("redis", 10e6, time));
  assert.deepEqual(
    memorySlopeChecks([...growing("nginx"), ...growing("prometheus"), ...still]).map(({ what, met }) => [what, met]),
    [
      ["memory, rise over the run, nginx", false],
      ["memory, rise over the run, redis", true],
    ],
  );
});

test("memory is each container's most, and each must give back what a crowd made it take", () => {
  const fine = [usageOf("resume", 149e6), usageOf("nginx", 249e6)];
  assert.ok(memoryChecks(fine).every(({ met }) => met));
  assert.deepEqual(
    memoryChecks([usageOf("resume", 151e6), usageOf("nginx", 251e6), usageOf("prometheus", 1e9)]).map(({ met }) => met),
    [false, false, false],
  );
  const two = (one: number, other: number) => [usageOf("resume", one, 0, "a"), usageOf("resume", other, 0, "b")];
  const check = (now: Usage[]) => memoryReleaseChecks(two(40e6, 60e6), two(300e6, 300e6), now, 5).map(({ met }) => met);
  assert.deepEqual(check(two(79e6, 99e6)), [true]);
  // What one gave back is not the other's.
  assert.deepEqual(check(two(81e6, 20e6)), [false]);
  // A new container has the heaviest of its kind to compare with.
  assert.deepEqual(check([usageOf("resume", 99e6, 0, "c")]), [true]);
  assert.deepEqual(check([usageOf("resume", 101e6, 0, "c")]), [false]);
});

test("requests that this machine could not send are no failure of the server's, but the run is none either", () => {
  const step = stepOf(100, 1000);
  assert.deepEqual(sentChecks(step), []);
  step.result.load.unsent = 5;
  step.result.load.unsentBy = ["EMFILE"];
  assert.equal(successCheck(step).met, true);
  assert.deepEqual(
    sentChecks(step).map(({ value, met }) => [value, met]),
    [["5: EMFILE", false]],
  );
});

test("the shares of every scenario are all of its users", () => {
  const same = address("http://127.0.0.1/");
  const pages = { health: same, home: same, experience: same, projects: same, contact: same, api: same, static: same };
  const site: Site = { page: Buffer.from(""), plainHome: same, ...pages };
  for (const scenario of scenarios) {
    const { shares } = planOf(scenario, site);
    assert.equal(
      shares.reduce((total, { users }) => total + users, 0),
      scenario.users,
      scenario.name,
    );
  }
});
