import assert from "node:assert/strict";
import { test } from "node:test";
import { median } from "../statistics.ts";

test("the median is the middle value, whatever the order", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 9, 2, 1]), 5.5);
  assert.throws(() => median([]), RangeError);
});
