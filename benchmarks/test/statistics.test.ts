import assert from "node:assert/strict";
import { test } from "node:test";
import { slopeCheck } from "../scenarios/soak.ts";
import { interquartileMean, trendOf } from "../statistics.ts";

test("the interquartile mean, whatever the order, and whatever the outliers", () => {
  assert.deepEqual(interquartileMean([3]), { mean: 3, low: 3, high: 3 });
  assert.deepEqual(interquartileMean([4, 2]), { mean: 3, low: 2, high: 4 });
  assert.deepEqual(interquartileMean([1000, 7, 5, -1000]), { mean: 6, low: 5, high: 7 });
  // A quarter of the outer two of three, and the whole middle one.
  assert.equal(interquartileMean([8, 0, 5]).mean, (0.25 * 0 + 5 + 0.25 * 8) / 1.5);
  assert.throws(() => interquartileMean([]), RangeError);
});

const points = (value: (index: number) => number, count = 100) =>
  Array.from({ length: count }, (_, index): [number, number] => [index * 5000, value(index)]);

/** The same at each run, and without a pattern that lasts. */
const noise = (index: number) => ((index * 7919) % 101) / 101 - 0.5;

test("a line's rise is found, and its interval holds it", () => {
  const trend = trendOf(points((index) => 100 + index / 2 + noise(index))) ?? assert.fail();
  assert.ok(Math.abs(trend.rise - 49.5) < 1, JSON.stringify(trend));
  assert.ok(trend.low < 49.5 && 49.5 < trend.high);
  assert.ok(trend.low > 45);
});

test("noise has no trend, nor have few points", () => {
  const trend = trendOf(points((index) => 100 + 10 * noise(index))) ?? assert.fail();
  assert.ok(trend.low < 0 && trend.high > 0, JSON.stringify(trend));
  assert.equal(trendOf(points((index) => index, 9)), undefined);
});

test("a rise out of the noise is growth; a small one, a heap that is collected, and a falling value are none", () => {
  const met = (value: (index: number) => number) => slopeCheck("heap", points(value)).met;
  assert.equal(
    met((index) => 100 + index / 2 + noise(index)),
    false,
  );
  assert.equal(
    met((index) => 100 + index / 50 + noise(index)),
    true,
  );
  assert.equal(
    met((index) => 100 + (index % 40) * 2),
    true,
  );
  assert.equal(
    met((index) => 100 - index / 2),
    true,
  );
  assert.equal(
    met(() => 100),
    true,
  );
  assert.equal(slopeCheck("heap", []).met, false);
  assert.equal(
    met(() => 0),
    false,
  );
});
