import { readFileSync } from "node:fs";
import { at } from "../lib/at.ts";
import { messageOf, UserError } from "../lib/user-error.ts";
import type { Comparison } from "./compare.ts";
import { sum } from "./load/plan.ts";
import type { ScenarioResult } from "./result.ts";

/** What is read of an earlier run. */
export interface Earlier {
  startedAt: string;
  scenarios: readonly Pick<ScenarioResult, "name" | "kind" | "steps">[];
  comparison: Pick<Comparison, "pairs"> | null;
}

/** One step of both runs: what this run did as a multiple of what the other did. */
export interface BaselineRow {
  name: string;
  perSecond: number;
  p95: number;
}

/** The ratio to the same reference in both runs, and by what share this run's differs. */
export interface BaselineRatio {
  name: string;
  now: number;
  earlier: number;
  difference: number;
  /** Whether they differ by less than two equal runs may. */
  equal: boolean;
}

export interface Baseline {
  /** When the other run began, ISO 8601. */
  startedAt: string;
  /** How fast the machine was as a multiple of then, by the same file in both, which is taken out of the requests/s of closed loops; null where one of the two has none, and nothing is taken out. */
  machine: number | null;
  rows: BaselineRow[];
  ratios: BaselineRatio[];
}

/** What two equal runs may differ by in the ratio to a reference, as a share. */
export const mostDifference = 0.1;

/** Reads the result of an earlier run. @throws UserError where the file is none */
export function readResult(file: string): Earlier {
  let result: unknown;
  try {
    result = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`--baseline ${file} can't be read: ${messageOf(error)}`);
  }
  if (isResult(result)) return result;
  throw new UserError(`--baseline ${file} is no result of this benchmark: a result.json that --report wrote.`);
}

/** Looks at all that is compared, so that a broken file is refused before a run and not after it. */
const isResult = (value: unknown): value is Earlier =>
  at(value, "schema") === 1 &&
  typeof at(value, "startedAt") === "string" &&
  isListOf(at(value, "scenarios"), isScenario) &&
  (at(value, "comparison") === null || isListOf(at(value, "comparison", "pairs"), isPair));

const isListOf = (value: unknown, is: (entry: unknown) => boolean): boolean => Array.isArray(value) && value.every(is);
const isNumber = (value: unknown): boolean => typeof value === "number";

const isScenario = (value: unknown): boolean =>
  typeof at(value, "name") === "string" &&
  typeof at(value, "kind") === "string" &&
  isListOf(
    at(value, "steps"),
    (step) =>
      typeof at(step, "label") === "string" &&
      isNumber(at(step, "result", "seconds")) &&
      isListOf(at(step, "result", "series"), (second) =>
        ["seconds", "requests", "failed"].every((name) => isNumber(at(second, name))),
      ) &&
      isListOf(
        at(step, "result", "shares"),
        (share) =>
          isNumber(at(share, "requests")) &&
          isNumber(at(share, "latency", "p95")) &&
          isListOf(Object.values(Object(at(share, "failures"))), isNumber),
      ),
  );

const isPair = (value: unknown): boolean =>
  typeof at(value, "name") === "string" &&
  isNumber(at(value, "ratio")) &&
  isListOf(at(value, "reference", "perSecond"), isNumber);

/** Compares the steps that both runs have, and the ratios to the references. */
export function compareWithBaseline(now: Omit<Earlier, "startedAt">, then: Earlier): Baseline {
  const [fileNow, fileThen] = [referenceOf(now), referenceOf(then)];
  const machine = fileNow === undefined || fileThen === undefined ? null : fileNow / fileThen;
  const earlier = new Map(then.scenarios.flatMap(stepsOf));
  const rows = now.scenarios.flatMap(stepsOf).flatMap(([name, { kind, perSecond, p95 }]) => {
    const other = earlier.get(name);
    if (other === undefined) return [];
    // Users at their own pace ask no more often on a faster machine.
    const faster = kind === "closed" ? (machine ?? 1) : 1;
    return [{ name, perSecond: perSecond / other.perSecond / faster, p95: p95 / other.p95 }];
  });
  const ratios = (now.comparison?.pairs ?? []).flatMap(({ name, ratio }) => {
    const other = then.comparison?.pairs.find((pair) => pair.name === name)?.ratio;
    if (other === undefined) return [];
    const difference = ratio / other - 1;
    return [{ name, now: ratio, earlier: other, difference, equal: Math.abs(difference) < mostDifference }];
  });
  return { startedAt: then.startedAt, machine, rows, ratios };
}

/** What the static file behind the same nginx did: a measure of the machine at that time. */
const referenceOf = ({ comparison }: Pick<Earlier, "comparison">): number | undefined => {
  const runs = comparison?.pairs[0]?.reference.perSecond;
  return runs === undefined || runs.length === 0
    ? undefined
    : runs.reduce((total, run) => total + run, 0) / runs.length;
};

const stepsOf = ({ name, kind, steps }: Earlier["scenarios"][number]) =>
  steps.map(({ label, result }) => {
    const p95 = Math.max(...result.shares.map(({ latency }) => latency.p95));
    return [label === "" ? name : `${name}, ${label}`, { kind, perSecond: sum(result).perSecond, p95 }] as const;
  });
