import { mean } from "simple-statistics";
import { mostDifference } from "../baseline.ts";
import {
  type Comparison,
  type CpuSeconds,
  exitCode,
  openModelMet,
  type PairResult,
  pairMet,
  type SideResult,
} from "../compare.ts";
import { describeMachine, type Machine } from "../machine.ts";
import type { Baseline } from "../result.ts";
import { interquartileMean } from "../statistics.ts";
import { markOf, table, whole } from "./format.ts";

function ratio(value: number) {
  return value.toFixed(2);
}
function ms(value: number) {
  return value.toFixed(1);
}

/** The result as a text for a terminal. */
export function report(comparison: Comparison, on: Machine): string {
  return [
    describeMachine(on),
    "",
    comparisonTables(comparison),
    "",
    exitCode(comparison) === 0 ? "All targets are met." : "Not all targets are met.",
  ].join("\n");
}

/** The same without the machine and without a verdict. */
export function comparisonTables(comparison: Comparison): string {
  const { engine, effort, pairs, openModel } = comparison;
  const { connections, rounds, seconds, users, everyMs } = effort;
  const cpu = pairs.flatMap((pair) => [
    [`${pair.name}, stack`, ...cpuCells(pair.stack.cpuPerThousand)],
    [`${pair.name}, reference`, ...cpuCells(pair.reference.cpuPerThousand)],
  ]);
  const own = openModel.map((row) => [
    row.name,
    whole(row.requests),
    `${(100 * (1 - row.failed / row.requests)).toFixed(2)} %`,
    ms(row.p50),
    ms(row.p95),
    ms(row.p99),
    ms(row.max),
    ms(row.lateMs),
    `< ${row.p95Ms}`,
    markOf(openModelMet(row)),
  ]);
  return [
    `Against references on the same machine, load by ${engine}: ${connections} connections, closed loop, ${rounds} × ${seconds} s each in turns; requests/s`,
    table(pairRows(pairs)),
    "",
    "CPU seconds for each 1,000 requests",
    table([["", "nginx", "replicas", "both"], ...cpu]),
    "",
    `${users} users, one request each every ${everyMs / 1000} s; ms from when a request was due`,
    table([["", "requests", "success", "p50", "p95", "p99", "max", "load late", "p95 target", ""], ...own]),
    ...failureLines(comparison),
  ].join("\n");
}

/** Each pair as a row, below a row of heads. */
export function pairRows(pairs: readonly PairResult[]): string[][] {
  return [
    [
      "",
      "stack",
      "reference",
      "success",
      "reference's",
      "interquartile range of the ratios",
      "their interquartile mean",
      "target",
      "",
    ],
    ...pairs.map((pair) => [
      pair.name,
      whole(mean(pair.stack.perSecond)),
      whole(mean(pair.reference.perSecond)),
      success(pair.stack),
      success(pair.reference),
      middle(pair.ratios),
      ratio(pair.ratio),
      `>= ${ratio(pair.least)}`,
      markOf(pairMet(pair)),
    ]),
  ];
}

function middle(ratios: readonly number[]) {
  const { low, high } = interquartileMean(ratios);
  return `${ratio(low)} to ${ratio(high)}`;
}

function success({ answers, failed }: SideResult) {
  return `${((100 * Math.max(0, answers - failed)) / Math.max(1, answers)).toFixed(2)} %`;
}

function cpuCells({ nginx, replicas }: CpuSeconds) {
  return [nginx, replicas, nginx + replicas].map((value) => value.toFixed(3));
}

/** A line for each failure. */
function failureLines({ pairs, openModel }: Comparison): string[] {
  const ofPairs = pairs.flatMap(({ name, stack, reference }) =>
    Object.entries({ stack, reference }).flatMap(([side, { failures, failed, errors }]) => [
      ...(failed === 0 ? [] : [`${name}, ${side}: ${JSON.stringify(failures)}`]),
      ...errors.map((error) => `${name}, ${side}: ${error}`),
    ]),
  );
  return [
    ...ofPairs,
    ...openModel.flatMap(({ name, errors }) => errors.map((error) => `${name}, at their own pace: ${error}`)),
  ];
}

/** How the rows are normalised, as a sentence. */
export function normalised({ machine }: Baseline): string {
  return machine === null
    ? "not normalised: one of the two runs has no references, so the machine's own speed is in all figures"
    : `the machine served the same file ${machine.toFixed(2)} × as fast as then, which is taken out of the requests/s of closed loops`;
}

/** The steps of both runs, and the ratios to the references, as cells with a head. */
export function baselineCells({ rows, ratios }: Baseline) {
  return {
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
  };
}

/** This run as multiples of an earlier one. */
export function baselineTables(baseline: Baseline): string {
  const { rows, ratios } = baselineCells(baseline);
  return [
    `Against the baseline of ${baseline.startedAt}; ${normalised(baseline)}`,
    table(rows),
    ...(baseline.ratios.length === 0 ? [] : ["", table(ratios)]),
  ].join("\n");
}
