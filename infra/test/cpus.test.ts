import assert from "node:assert/strict";
import { test } from "node:test";
import { formatNanoCpus } from "../../lib/docker-provider/nano-cpus.ts";
import { cpusText, providerCpus } from "../targets/docker/cpus.ts";

/** Recorded with the official docker plugin 5.2.0: what was given, and what came back. */
const recorded: [given: number, readBack: string][] = [
  [0.1, "0.1"],
  [0.25, "0.25"],
  [0.5, "0.5"],
  [1, "1.0"],
  [1.5, "1.5"],
  [2, "2.0"],
  [10, "10."],
  [10.05, "10.1"],
  [20, "20."],
];

test("the stand-in writes processors as the official plugin was seen to", () => {
  for (const [given, readBack] of recorded) {
    assert.equal(formatNanoCpus(Math.round(given * 1e9)), readBack);
  }
});

test("every limit of processors is read back as it was given, or refused", () => {
  const refused: number[] = [];
  for (let hundredths = 10; hundredths <= 6400; hundredths++) {
    const text = providerCpus(hundredths / 100);
    if (text === undefined) {
      refused.push(hundredths / 100);
    } else {
      assert.equal(Number(text), hundredths / 100);
      assert.equal(formatNanoCpus(Math.round(Number(text) * 1e9)), text);
    }
  }
  // Those that the provider reads back as another number, and no others.
  const lossy = [10, 20, 30, 40, 50, 60].flatMap((ten) => Array.from({ length: 9 }, (_, i) => ten + (i + 1) / 100));
  assert.deepEqual(refused, lossy);
  assert.throws(() => cpusText(10.05), /can't hold a limit of 10.05 processors/);
});
