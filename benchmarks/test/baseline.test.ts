import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compareWithBaseline, readResult } from "../baseline.ts";
import { baselineTables } from "../report/comparison.ts";
import type { BenchResult } from "../result.ts";
import { benchResult, comparisonOf, scenarioResult, stepOf } from "./fake-result.ts";

/** A run of the home page, beside a file where there are references. */
const run = (perSecond: number, file?: number, ratio = 0.9): BenchResult =>
  benchResult({
    scenarios: [
      scenarioResult("home", { steps: [stepOf(200, 1000, 0, perSecond)] }),
      scenarioResult("paced-2500", { steps: [stepOf(2500, 1000, 0, 500)] }),
    ],
    comparison: file === undefined ? null : comparisonOf(file, ratio),
  });

test("with references in both runs the machine's own speed is taken out of closed loops", () => {
  // Twice as fast a machine, and three times the requests: half as much again is the stack's own.
  const baseline = compareWithBaseline(run(3000, 20_000), run(1000, 10_000));
  assert.equal(baseline.machine, 2);
  assert.deepEqual(baseline.rows, [
    { name: "home", perSecond: 1.5, p95: 1 },
    { name: "paced-2500", perSecond: 1, p95: 1 },
  ]);
  assert.match(baselineTables(baseline), /served the same file 2\.00 × as fast as then/);
});

for (const [which, now, earlier] of [
  ["this run", run(3000), run(1000, 10_000)],
  ["the baseline", run(3000, 20_000), run(1000)],
  ["both", run(3000), run(1000)],
] as const) {
  test(`without references in ${which} nothing is taken out, and that is said`, () => {
    const baseline = compareWithBaseline(now, earlier);
    assert.equal(baseline.machine, null);
    assert.equal(baseline.rows[0]?.perSecond, 3);
    assert.deepEqual(baseline.ratios, []);
    assert.match(baselineTables(baseline), /not normalised: one of the two runs has no references/);
  });
}

test("two equal runs differ by less than 10 % in their ratio to the same-run reference", () => {
  const equal = (now: number, earlier: number) =>
    compareWithBaseline(run(1, 1000, now), run(1, 2000, earlier)).ratios.map(({ equal }) => equal);
  assert.deepEqual(equal(0.9, 0.95), [true]);
  assert.deepEqual(equal(0.8, 0.95), [false]);
  assert.deepEqual(equal(1.1, 0.95), [false]);
  assert.match(baselineTables(compareWithBaseline(run(1, 1, 0.8), run(1, 1, 1))), /-20\.0 % +< 10 % +✗/);
});

test("a baseline is looked at as far as it is compared", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "result.json");
  const written = (result: unknown) => {
    writeFileSync(file, JSON.stringify(result));
    return () => readResult(file);
  };
  assert.equal(written(run(1000, 1))().scenarios.length, 2);
  assert.doesNotThrow(written(run(1000)));
  const [scenario] = run(1000).scenarios;
  for (const broken of [
    {},
    { ...run(1), scenarios: [{ name: "home" }] },
    {
      ...run(1),
      scenarios: [{ ...scenario, steps: [{ label: "", result: { seconds: 1, series: [{}], shares: [] } }] }],
    },
    {
      ...run(1),
      scenarios: [{ ...scenario, steps: [{ label: "", result: { seconds: 1, series: [], shares: [{}] } }] }],
    },
    { ...run(1), comparison: { pairs: [{ name: "x" }] } },
    { ...run(1), schema: 3 },
  ]) {
    assert.throws(written(broken), /is no result of this benchmark/);
  }
});

test("a baseline that an earlier version wrote, by the words of schema 1, is compared as well", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "result.json");
  const then = run(1000, 10_000);
  const scenarios = then.scenarios.map((scenario) => ({
    ...scenario,
    heaps: [],
    kind: scenario.kind === "open" ? "paced" : scenario.kind,
  }));
  writeFileSync(file, JSON.stringify({ ...then, schema: 1, scenarios }));
  assert.deepEqual(compareWithBaseline(run(3000, 20_000), readResult(file)).rows, [
    { name: "home", perSecond: 1.5, p95: 1 },
    { name: "paced-2500", perSecond: 1, p95: 1 },
  ]);
});
