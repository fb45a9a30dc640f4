import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryNotMeasured } from "../checks.ts";
import { withoutRest } from "../report/charts.ts";
import { reportPage } from "../report/html.ts";
import { terminalReport } from "../report/terminal.ts";
import { chartsPicture, summaryPicture, writePictures } from "../report/write.ts";
import { type BenchResult, codeOf, unfinished, verdictOf } from "../result.ts";
import { killsCheck } from "../scenarios/faults.ts";
import { seriesCheck } from "../scenarios/soak.ts";
import { benchResult, comparisonOf, planResult, scenarioResult, usageOf } from "./fake-result.ts";

const codeAndSentence = (changes: Partial<BenchResult>) => {
  const result = benchResult(changes);
  return [codeOf(result), verdictOf(result).sentence];
};

test("all targets are met where at least one was looked at in each scenario", () => {
  assert.deepEqual(codeAndSentence({}), [0, "All targets are met"]);
  assert.equal(codeAndSentence({ scenarios: [] })[0], 1);
  assert.equal(codeAndSentence({ scenarios: [scenarioResult("ramp", { steps: [], checks: [] })] })[0], 1);
  assert.equal(codeAndSentence({ comparison: comparisonOf(100, 0.89) })[0], 1);
  assert.equal(codeAndSentence({ checks: [unfinished("comparison", "gone")] })[0], 1);
});

test("what can't be measured from here is no success and no failure, and is said", () => {
  const [scenario] = [scenarioResult("crowd-10000")];
  const checks = [...scenario.checks, ...memoryNotMeasured("no engine")];
  const result = benchResult({ scenarios: [{ ...scenario, checks }] });
  assert.equal(codeOf(result), 0);
  assert.match(terminalReport(result), /– +crowd-10000: memory at most, nginx +not measured here: no engine +< 250 MB/);
  assert.match(terminalReport(result), /All targets that were measured are met, 4 are not measured here\.$/);
  assert.match(summaryPicture(result).html, /Not measured here: crowd-10000 \(memory at most, a replica;/);
});

test("a run that was stopped has no verdict", () => {
  const stopped = benchResult({ stopped: true });
  assert.equal(codeOf(stopped), 130);
  for (const text of [terminalReport(stopped), reportPage(stopped)]) {
    assert.match(text, /Percentiles of closed loops hide stalls/);
    assert.doesNotMatch(text, /targets are met/);
    assert.match(text, /no verdict/);
  }
});

test("nothing killed, and no series, are no success", () => {
  assert.equal(killsCheck(0).met, false);
  assert.equal(killsCheck(1).met, true);
  const series = { labels: {}, points: [] };
  assert.equal(seriesCheck("heap", [], 4).met, false);
  assert.equal(seriesCheck("heap", [series], 2).met, false);
  assert.equal(seriesCheck("heap", [series, series], 2).met, true);
});

test("a pair as fast as it must be, but with a failure, is not met in the report either", () => {
  const comparison = comparisonOf(100, 0.95);
  const [pair] = comparison.pairs;
  assert.ok(pair !== undefined);
  pair.stack.failed = 1;
  const html = reportPage(benchResult({ comparison }));
  assert.match(html, /<b>0\.95 × <span class="missed">✗/);
  assert.doesNotMatch(html, /&gt;= 0\.90<\/td><td><span class="met">/);
});

/** A crowd with a second of everything, and a load that had no time left. */
const crowd = () => {
  const second = { time: 1000, seconds: 1, connections: 1, requests: 10, failed: 1, p50: 1, p95: 2, p99: 3 };
  const ran = planResult(10, 0, 10);
  return scenarioResult("crowd-10000", {
    steps: [{ label: "", users: 10_000, result: { ...ran, series: [second], load: { ...ran.load, busy: 0.99 } } }],
    usage: [0, 2000].flatMap((time) => [usageOf("nginx", 50e6, time), usageOf("resume", 40e6, time)]),
  });
};

test("the report charts success, and says in short where the load was the limit and what memory was taken", () => {
  const result = benchResult({ scenarios: [crowd()], comparison: comparisonOf(100, 0.95) });
  const html = reportPage(result);
  for (const title of ["Requests", "Response time", "Success", "Processors", "Memory of each container, MB"]) {
    assert.ok(html.includes(`<h3>${title}</h3><svg`), title);
  }
  const summary = summaryPicture(result).html;
  assert.match(summary, /no time left in crowd-10000/);
  assert.match(summary, /<b>40 MB <span class="met">✓.*a replica, &lt; 150 MB/);
  for (const picture of [summary, html, chartsPicture(result).html]) {
    assert.doesNotMatch(picture, /NaN|undefined/);
  }
});

test("a short rest of a run is no second of its own in a chart, and none of its requests is lost", () => {
  const second = (seconds: number, requests: number, failed: number) => {
    return { time: 1000 * seconds, seconds, requests, failed, connections: 1, p50: 1, p95: 2, p99: 3 };
  };
  const whole = second(1, 100, 0);
  assert.deepEqual(
    withoutRest([whole, whole, second(0.25, 50, 2)]).map(({ seconds, requests, failed }) => [
      seconds,
      requests,
      failed,
    ]),
    [
      [1, 100, 0],
      [1.25, 150, 2],
    ],
  );
  for (const series of [[], [whole], [second(0.25, 50, 0)], [whole, second(0.9, 90, 0)]]) {
    assert.deepEqual(withoutRest(series), series);
  }
});

test("readers' p95 of each page is beside what was promised", () => {
  const steps = [{ label: "", users: 2500, result: planResult(100, 0, 10, "static") }];
  const html = reportPage(benchResult({ scenarios: [scenarioResult("paced-2500", { steps })] }));
  assert.match(html, /<th>static p95 &lt; 50 ms<\/th>/);
  assert.match(html, /<span class="met">2 ms<\/span>/);
});

test("a browser that fails costs the picture only", async () => {
  const lines = await writePictures(benchResult(), "nowhere", process.execPath);
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /^no summary\.png: .* ended with exit code/s);
});
