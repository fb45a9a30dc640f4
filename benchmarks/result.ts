import { type Comparison, exitCode } from "./compare.ts";
import type { Plan, PlanResult } from "./load/plan.ts";
import type { Machine } from "./machine.ts";
import type { Usage } from "./sampling.ts";
import type { Original, Scenario } from "./scenarios/catalogue.ts";
import type { StackFacts } from "./stack.ts";

/** One run of load; most scenarios have one. */
export interface Step {
  /** What is different in it: "4 replicas", "warm"; empty where there is one. */
  label: string;
  users: number;
  result: PlanResult;
}

/** One threshold, and whether it is met. */
export interface Check {
  what: string;
  value: string;
  threshold: string;
  /** Null where it can't be measured from here. The value is then the reason. */
  met: boolean | null;
}

export interface ScenarioResult {
  /** With what was asked for in place of its own: "home (users 20)". */
  name: string;
  title: string;
  kind: Plan["kind"];
  mix: Scenario["mix"];
  users: number;
  /** How long each of its runs was to be. */
  seconds: number;
  /** Between two requests of a user of the open model, in milliseconds; null in the closed one. */
  everyMs: number | null;
  /** Where the original ran this too. */
  original: Original | null;
  steps: Step[];
  checks: Check[];
  /** The stack's containers meanwhile; empty where the stack is not on this machine's engine. */
  usage: Usage[];
  /** What a reader should know. */
  notes: string[];
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

/**
 * Of result.json. 2: `threshold`, `errors`, `openModel` and the kind `open` for the `target`, `troubles`, `paced` and
 * `paced` of 1; no heaps.
 */
export const schema = 2;

/** What is known of a run before it begins. */
export interface RunFacts {
  schema: typeof schema;
  /** ISO 8601. */
  startedAt: string;
  url: string;
  /** What was typed. */
  command: string;
  /** Of this project's git; "+" behind it where files differ from it. Null where there is none. */
  commit: string | null;
  machine: Machine;
  /** The program that makes the scenarios' load, and the longest that it waits for an answer. */
  load: { engine: string; timeoutMs: number };
  /** What the stack's containers are made of; null where they are not on this machine's engine. */
  stack: StackFacts | null;
  /** Of the machine, before the run. */
  warnings: string[];
}

/** All of a run, as it is written to a file. */
export interface BenchResult extends RunFacts {
  scenarios: ScenarioResult[];
  /** The stack against its references in the same run; null where there is none. */
  comparison: Comparison | null;
  /** What belongs to no scenario. */
  checks: Check[];
  /** Against an earlier run, where one was named. */
  baseline: Baseline | null;
  /** Stopped by the user: what is here was seen until then. */
  stopped: boolean;
}

/** What ended before its time, and why: a threshold that is not met. */
export function unfinished(what: string, reason: string): Check {
  return {
    what,
    value: reason,
    threshold: "to its end",
    met: false,
  };
}

/** A threshold that can't be checked from here. */
export function notMeasured(what: string, threshold: string, why: string): Check {
  return {
    what,
    value: `not measured here: ${why}`,
    threshold,
    met: null,
  };
}

/** Whether all that were measured are met; null where none was measured. */
export function metOf(checks: readonly Check[]): boolean | null {
  if (checks.some(({ met }) => met === false)) {
    return false;
  }
  return checks.some(({ met }) => met === true) ? true : null;
}

export type Verdict = { kind: "met" | "missed" | "stopped"; sentence: string };

/**
 * The verdict on a run's thresholds. A scenario without a check has not met them, and a run that was stopped has no
 * verdict, only a result.
 */
export function verdictOf({ scenarios, comparison, checks, stopped }: BenchResult): Verdict {
  if (stopped) {
    return { kind: "stopped", sentence: "Stopped before its end: no verdict" };
  }
  const all = [...scenarios.flatMap(({ checks }) => checks), ...checks];
  const met =
    scenarios.every(({ checks }) => metOf(checks) === true) &&
    metOf(all) === true &&
    (comparison === null || exitCode(comparison) === 0);
  if (!met) {
    return { kind: "missed", sentence: "Not all targets are met" };
  }
  const missing = all.filter(({ met }) => met === null).length;
  return {
    kind: "met",
    sentence:
      missing === 0
        ? "All targets are met"
        : `All targets that were measured are met, ${missing} ${missing === 1 ? "is" : "are"} not measured here`,
  };
}

/** The exit code of a run: 0 where all thresholds are met, 1 where one is not, 130 where the user stopped it. */
export function codeOf(result: BenchResult): 0 | 1 | 130 {
  return ({ met: 0, missed: 1, stopped: 130 } as const)[verdictOf(result).kind];
}
