import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, Registry } from "prom-client";
import { TalliedHistogram } from "../src/metrics/tallied-histogram.ts";

const [name, help, buckets] = ["seconds", "Of something.", [0.001, 0.01, 0.1]];

test("says what prom-client's own histogram says", async () => {
  const [tallied, own] = [new Registry(), new Registry()];
  const fast = new TalliedHistogram(name, help, "route", buckets, tallied);
  const slow = new Histogram({ name, help, labelNames: ["route"], buckets, registers: [own] });
  assert.equal(await tallied.metrics(), await own.metrics(), "before the first observation");

  for (const [route, seconds] of [
    ["/", 0],
    ["/", 0.001],
    ["/", 0.0011],
    ["/health", 0.1],
    ["/health", 0.1000001],
    ["/", 7.5],
    ["/", 0.02],
  ] as const) {
    fast.tally(route, seconds);
    slow.observe({ route }, seconds);
  }
  assert.match(await own.metrics(), /seconds_bucket\{le="0.001",route="\/"\} 2\n/);
  assert.equal(await tallied.metrics(), await own.metrics());
  assert.equal(await tallied.metrics(), await own.metrics(), "being read changes nothing");
  const values = async (histogram: Histogram) =>
    (await histogram.get()).values.map(({ metricName, labels, value }) => ({ metricName, labels, value }));
  assert.deepEqual(await values(fast), await values(slow));
});
