import { type Baseline, mostDifference } from "../baseline.ts";
import { markOf } from "./numbers.ts";
import { table } from "./table.ts";

/** What was taken out of the rows, as a sentence. */
export const normalised = ({ machine }: Baseline): string =>
  machine === null
    ? "not normalised: one of the two runs has no references, so the machine's own speed is in all figures"
    : `the machine served the same file ${machine.toFixed(2)} × as fast as then, which is taken out of the requests/s of closed loops`;

/** The steps of both runs, and the ratios to the references, as cells with a head. */
export const baselineCells = ({ rows, ratios }: Baseline) => ({
  rows: [
    ["as multiples of then", "requests/s", "p95"],
    ...rows.map(({ name, perSecond, p95 }) => [name, `${perSecond.toFixed(2)} ×`, `${p95.toFixed(2)} ×`]),
  ],
  ratios: [
    ["ratio to the reference of the same run", "then", "now", "difference", "equal runs", ""],
    ...ratios.map(({ name, now, earlier, difference, equal }) => [
      name,
      earlier.toFixed(3),
      now.toFixed(3),
      `${(100 * difference).toFixed(1)} %`,
      `< ${100 * mostDifference} %`,
      markOf(equal),
    ]),
  ],
});

/** This run as multiples of an earlier one. */
export function baselineTables(baseline: Baseline): string {
  const { rows, ratios } = baselineCells(baseline);
  return [
    `Against the baseline of ${baseline.startedAt}; ${normalised(baseline)}`,
    table(rows),
    ...(baseline.ratios.length === 0 ? [] : ["", table(ratios)]),
  ].join("\n");
}
