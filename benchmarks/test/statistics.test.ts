import assert from "node:assert/strict";
import { test } from "node:test";
import { growth, median } from "../statistics.ts";

test("the median is the middle value, whatever the order", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 9, 2, 1]), 5.5);
  assert.throws(() => median([]), RangeError);
});

test("growth is that of the line through the points, and swinging is none", () => {
  const points = (value: (index: number) => number) =>
    Array.from({ length: 101 }, (_, index): [number, number] => [index * 1000, value(index)]);
  const rising = growth(points((index) => 100 + index));
  assert.ok(Math.abs(rising.grown - 100) < 1e-6 && Math.abs(rising.mean - 150) < 1e-6 && rising.swing < 1e-6);
  const swinging = growth(points((index) => 100 + (index % 2 === 0 ? 10 : -10)));
  assert.ok(Math.abs(swinging.grown) < 1 && Math.abs(swinging.swing - 10) < 0.1);
});
