import assert from "node:assert/strict";
import { test } from "node:test";
import { median, middleHalf } from "../statistics.ts";

test("the median is the middle value, whatever the order", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 9, 2, 1]), 5.5);
  assert.throws(() => median([]), RangeError);
});

test("the mean of the middle half, whatever the order, and whatever the outliers", () => {
  assert.deepEqual(middleHalf([3]), { mean: 3, low: 3, high: 3 });
  assert.deepEqual(middleHalf([4, 2]), { mean: 3, low: 2, high: 4 });
  assert.deepEqual(middleHalf([1000, 7, 5, -1000]), { mean: 6, low: 5, high: 7 });
  // A quarter of the outer two of three, and the whole middle one.
  assert.equal(middleHalf([8, 0, 5]).mean, (0.25 * 0 + 5 + 0.25 * 8) / 1.5);
  assert.throws(() => middleHalf([]), RangeError);
});
