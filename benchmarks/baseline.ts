import { readFileSync } from "node:fs";
import { messageOf, UserError } from "../toolchain/lib/user-error.ts";
import { sum } from "./load/plan.ts";
import type { BenchResult, ScenarioResult } from "./result.ts";

/** One step of both runs: what this run did as a multiple of what the other did. */
export interface BaselineRow {
  name: string;
  perSecond: number;
  p95: number;
}

/** Reads the result of an earlier run. @throws UserError where the file is none */
export function readResult(file: string): BenchResult {
  try {
    const result: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isResult(result)) return result;
  } catch (error) {
    throw new UserError(`--baseline ${file} can't be read: ${messageOf(error)}`);
  }
  throw new UserError(`--baseline ${file} is no result of this benchmark: a result.json that --report wrote.`);
}

const isResult = (value: unknown): value is BenchResult =>
  typeof value === "object" &&
  value !== null &&
  "schema" in value &&
  value.schema === 1 &&
  "scenarios" in value &&
  Array.isArray(value.scenarios);

/** Compares the steps that both runs have. Where both measured their machine by the same references, that noise is taken out. */
export function compareWithBaseline(now: BenchResult, then: BenchResult): { rows: BaselineRow[]; machine: number } {
  const machine = (referenceOf(now) ?? 1) / (referenceOf(then) ?? referenceOf(now) ?? 1);
  const steps = (result: BenchResult) => new Map(result.scenarios.flatMap(stepsOf));
  const earlier = steps(then);
  const rows = [...steps(now)].flatMap(([name, { perSecond, p95 }]) => {
    const other = earlier.get(name);
    return other === undefined
      ? []
      : [{ name, perSecond: perSecond / other.perSecond / machine, p95: p95 / other.p95 }];
  });
  return { rows, machine };
}

/** What the static file behind the same nginx did: a measure of the machine at that time. */
const referenceOf = ({ comparison }: BenchResult): number | undefined => {
  const runs = comparison?.pairs[0]?.reference.perSecond;
  return runs === undefined || runs.length === 0
    ? undefined
    : runs.reduce((total, run) => total + run, 0) / runs.length;
};

const stepsOf = ({ name, steps }: ScenarioResult): [string, { perSecond: number; p95: number }][] =>
  steps.map(({ label, result }) => [
    label === "" ? name : `${name}, ${label}`,
    { perSecond: sum(result).perSecond, p95: Math.max(...result.shares.map(({ latency }) => latency.p95)) },
  ]);
