import type Docker from "dockerode";
import { sum } from "simple-statistics";
import { interruption } from "../lib/interruption.ts";
import { UserError } from "../lib/user-error.ts";
import type { Plan } from "./load/plan.ts";
import { runPlan } from "./load/run.ts";
import type { Progress } from "./report/progress.ts";
import type { Check, Step } from "./result.ts";
import type { Scenario } from "./scenarios/catalogue.ts";
import type { Site } from "./site.ts";
import type { RunningStack } from "./stack.ts";

/** The stack under test, where it is on an engine that this machine may ask and change. */
export interface LocalStack {
  engine: Docker;
  stack: RunningStack;
  /** Undefined for any stack but the dev stack. */
  startScaling: (() => Promise<Scaling>) | undefined;
}

/** Scales the stack as its user would, and remembers how it was. */
export interface Scaling {
  /** Sets the number of replicas, and waits for them. */
  to(replicas: number): Promise<void>;
  /** Restores the config of before, and waits for it. */
  back(): Promise<void>;
}

/** What a scenario runs against. */
export interface Context {
  url: URL;
  site: Site;
  local: LocalStack | undefined;
  progress: Progress;
  /** Every run of the scenario so far. */
  steps: Step[];
}

/** The result of a scenario beside its steps. */
export interface Outcome {
  /** Beside the success of every step. */
  checks: Check[];
  notes: string[];
}

/** Runs one plan and shows its progress. @throws {AbortError} when the user has asked to stop before it */
export async function runStep(
  { progress, steps }: Context,
  scenario: Scenario,
  label: string,
  plan: Plan,
): Promise<Step> {
  interruption.throwIfAborted();
  const users = sum(plan.shares.map((share) => share.users));
  progress.start(scenario, label, users, plan.seconds);
  const result = await runPlan(plan, (second) => progress.second(second));
  progress.end(result);
  const step = { label, users, result };
  steps.push(step);
  return step;
}

/** What the special scenarios need the stack's containers for. */
const needs: Partial<Record<NonNullable<Scenario["special"]>, string>> = {
  soak: "asks the stack's Prometheus",
  scale: "scales the stack",
  faults: "kills the stack's containers",
  cache: "restarts the stack's containers",
};

/** Refuses a scenario that can't run from here, before any load. @throws {UserError} when there is one */
export function assertRunnable(scenarios: readonly Scenario[], local: LocalStack | undefined): void {
  for (const { name, special } of scenarios) {
    const why = special && needs[special];
    if (why !== undefined && local === undefined) {
      throw new UserError(
        `The scenario ${name} ${why}, and no stack of this machine's Docker engine is at that address.`,
      );
    }
    if (special === "scale" && local?.startScaling === undefined) {
      throw new UserError(`The scenario ${name} scales the dev stack: run it without an address.`);
    }
  }
}

/** @throws {Error} when the stack is not on this machine's engine, which `assertRunnable` has refused before */
export function requireLocal({ local }: Context): LocalStack {
  if (local === undefined) {
    throw new Error("no stack of this machine is at that address");
  }
  return local;
}
