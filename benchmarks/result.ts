import { type Comparison, exitCode } from "./compare.ts";
import type { Plan, PlanResult } from "./load/plan.ts";
import type { Machine } from "./machine.ts";
import type { Original } from "./scenarios.ts";
import type { Usage } from "./watch/containers.ts";

/** One run of load; most scenarios have one. */
export interface Step {
  /** What is different in it: "4 replicas", "cold"; empty where there is one. */
  label: string;
  users: number;
  result: PlanResult;
}

/** One target, and whether it is met. */
export interface Check {
  what: string;
  value: string;
  target: string;
  met: boolean;
}

export interface ScenarioResult {
  name: string;
  title: string;
  kind: Plan["kind"];
  users: number;
  /** Where the original ran this too. */
  original: Original | null;
  steps: Step[];
  checks: Check[];
  /** The stack's containers meanwhile; empty where the stack is not on this machine's engine. */
  usage: Usage[];
  /** What a reader should know. */
  notes: string[];
}

/** All of a run, as it is written to a file. */
export interface BenchResult {
  schema: 1;
  /** ISO 8601. */
  startedAt: string;
  url: string;
  machine: Machine;
  scenarios: ScenarioResult[];
  /** The stack against its references in the same run; null where it is not on this machine's engine, or was not asked for. */
  comparison: Comparison | null;
  /** Stopped by the user: what is here was seen until then. */
  stopped: boolean;
}

/** Those of the scenarios, and those against the references where they were measured too. */
export const allMet = ({ scenarios, comparison }: Pick<BenchResult, "scenarios" | "comparison">): boolean =>
  scenarios.every(({ checks }) => checks.every(({ met }) => met)) &&
  (comparison === null || exitCode(comparison) === 0);
