import type { Baseline } from "./baseline.ts";
import { type Comparison, exitCode } from "./compare.ts";
import type { Plan, PlanResult } from "./load/plan.ts";
import type { Machine } from "./machine.ts";
import type { Original, Scenario } from "./scenarios.ts";
import type { StackFacts } from "./stack-facts.ts";
import type { Usage } from "./watch/containers.ts";
import type { Heap } from "./watch/heaps.ts";

/** One run of load; most scenarios have one. */
export interface Step {
  /** What is different in it: "4 replicas", "warm"; empty where there is one. */
  label: string;
  users: number;
  result: PlanResult;
}

/** One target, and whether it is met. */
export interface Check {
  what: string;
  value: string;
  target: string;
  /** Null where it can't be measured from here; the value then says why. */
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
  /** How often a paced user asks, in milliseconds; null for those who ask again at once. */
  everyMs: number | null;
  /** Where the original ran this too. */
  original: Original | null;
  steps: Step[];
  checks: Check[];
  /** The stack's containers meanwhile; empty where the stack is not on this machine's engine. */
  usage: Usage[];
  /** The heaps of the replicas' processes; empty where nobody looked at them. */
  heaps: Heap[];
  /** What a reader should know. */
  notes: string[];
}

/** What is known of a run before it begins. */
export interface RunFacts {
  schema: 1;
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

/** What broke off, and why: a target that is not met. */
export const unfinished = (what: string, reason: string): Check => ({
  what,
  value: reason,
  target: "to its end",
  met: false,
});

/** A target that can't be measured from here. */
export const notMeasured = (what: string, target: string, why: string): Check => ({
  what,
  value: `not measured here: ${why}`,
  target,
  met: null,
});

/** Whether all of these that were measured are met; null where none was. One that is missed counts more than one that is missing. */
export function metOf(checks: readonly Check[]): boolean | null {
  if (checks.some(({ met }) => met === false)) return false;
  return checks.some(({ met }) => met === true) ? true : null;
}

export type Verdict = { kind: "met" | "missed" | "stopped"; sentence: string };

/**
 * What a run says of its targets. A scenario that checked nothing has not met them, and a run that was stopped has no
 * verdict, only a result.
 */
export function verdictOf({ scenarios, comparison, checks, stopped }: BenchResult): Verdict {
  if (stopped) return { kind: "stopped", sentence: "Stopped before its end: no verdict" };
  const all = [...scenarios.flatMap(({ checks }) => checks), ...checks];
  const met =
    scenarios.every(({ checks }) => metOf(checks) === true) &&
    metOf(all) === true &&
    (comparison === null || exitCode(comparison) === 0);
  if (!met) return { kind: "missed", sentence: "Not all targets are met" };
  const missing = all.filter(({ met }) => met === null).length;
  return {
    kind: "met",
    sentence:
      missing === 0
        ? "All targets are met"
        : `All targets that were measured are met, ${missing} ${missing === 1 ? "is" : "are"} not measured here`,
  };
}

/** The exit code of a run: 0 where all targets are met, 1 where one is not, 130 where the user stopped it. */
export const codeOf = (result: BenchResult): 0 | 1 | 130 =>
  (({ met: 0, missed: 1, stopped: 130 }) as const)[verdictOf(result).kind];
