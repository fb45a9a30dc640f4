import {
  type Comparison,
  type CpuSeconds,
  exitCode,
  type PairResult,
  pacedMet,
  pairMet,
  type SideResult,
} from "../compare.ts";
import { describeMachine, type Machine } from "../machine.ts";
import { middleHalf } from "../statistics.ts";
import { markOf, mean, whole } from "./numbers.ts";
import { table } from "./table.ts";

const ratio = (value: number) => value.toFixed(2);
const ms = (value: number) => value.toFixed(1);

/** The result as a text for a terminal. */
export const report = (comparison: Comparison, on: Machine): string =>
  [
    describeMachine(on),
    "",
    comparisonTables(comparison),
    "",
    exitCode(comparison) === 0 ? "All targets are met." : "Not all targets are met.",
  ].join("\n");

/** The same without the machine and without a verdict. */
export function comparisonTables(comparison: Comparison): string {
  const { engine, effort, pairs, paced } = comparison;
  const { connections, rounds, seconds, users, everyMs } = effort;
  const cpu = pairs.flatMap((pair) => [
    [`${pair.name}, stack`, ...cpuCells(pair.stack.cpuPerThousand)],
    [`${pair.name}, reference`, ...cpuCells(pair.reference.cpuPerThousand)],
  ]);
  const own = paced.map((row) => [
    row.name,
    whole(row.requests),
    `${(100 * (1 - row.failed / row.requests)).toFixed(2)} %`,
    ms(row.p50),
    ms(row.p95),
    ms(row.p99),
    ms(row.max),
    ms(row.lateMs),
    `< ${row.p95Ms}`,
    markOf(pacedMet(row)),
  ]);
  return [
    `Against references on the same machine, load by ${engine}: ${connections} connections, closed loop, ${rounds} × ${seconds} s each in turns; requests/s`,
    table(pairRows(pairs)),
    "",
    "CPU seconds for each 1,000 requests",
    table([["", "nginx", "replicas", "both"], ...cpu]),
    "",
    `${users} users, one request each every ${everyMs / 1000} s; ms from when a request was due`,
    table([["", "requests", "success", "p50", "p95", "p99", "max", "pacer late", "p95 target", ""], ...own]),
    ...troubles(comparison),
  ].join("\n");
}

/** Each pair as a row, below a row of heads. */
export const pairRows = (pairs: readonly PairResult[]): string[][] => [
  ["", "stack", "reference", "success", "reference's", "middle half of the pairs' ratios", "its mean", "target", ""],
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

const middle = (ratios: readonly number[]) => {
  const { low, high } = middleHalf(ratios);
  return `${ratio(low)} to ${ratio(high)}`;
};

const success = ({ answers, failed }: SideResult) =>
  `${((100 * Math.max(0, answers - failed)) / Math.max(1, answers)).toFixed(2)} %`;

const cpuCells = ({ nginx, replicas }: CpuSeconds) =>
  [nginx, replicas, nginx + replicas].map((value) => value.toFixed(3));

/** A line for whatever failed, so that nobody has to guess. */
function troubles({ pairs, paced }: Comparison): string[] {
  const ofPairs = pairs.flatMap(({ name, stack, reference }) =>
    Object.entries({ stack, reference }).flatMap(([side, { failures, failed, troubles }]) => [
      ...(failed === 0 ? [] : [`${name}, ${side}: ${JSON.stringify(failures)}`]),
      ...troubles.map((trouble) => `${name}, ${side}: ${trouble}`),
    ]),
  );
  return [
    ...ofPairs,
    ...paced.flatMap(({ name, troubles }) => troubles.map((trouble) => `${name}, paced: ${trouble}`)),
  ];
}
