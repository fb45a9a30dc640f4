import type Docker from "dockerode";
import { interruption } from "../lib/interruption.ts";
import type { Plan } from "./load/plan.ts";
import { runPlan } from "./load/run.ts";
import type { Progress } from "./report/progress.ts";
import type { Check, Step } from "./result.ts";
import type { Scenario } from "./scenarios.ts";
import type { RunningStack } from "./stack.ts";
import type { Targets } from "./targets.ts";
import type { Heap } from "./watch/heaps.ts";

/** The stack under test, where it is on an engine that this machine may ask and change. */
export interface LocalStack {
  engine: Docker;
  stack: RunningStack;
  /** Undefined where the stack is not ours to scale. */
  startScaling: (() => Promise<Scaling>) | undefined;
}

/** Scales the stack as its user would, and remembers how it was. */
export interface Scaling {
  /** Sets how many replicas there are, and waits for them. */
  to(replicas: number): Promise<void>;
  /** Puts back what the config said before, and waits for it. */
  back(): Promise<void>;
}

/** What a scenario has to play on. */
export interface Stage {
  url: URL;
  targets: Targets;
  local: LocalStack | undefined;
  progress: Progress;
  /** Every run of the scenario so far. */
  steps: Step[];
}

/** What a scenario that is played has to say beside its steps. */
export interface Played {
  /** Beside the success of every step. */
  checks: Check[];
  notes: string[];
  /** Where the play looked at them. */
  heaps?: Heap[];
}

/** Runs one plan and shows it. After the user has asked to stop, nothing more is run. @throws AbortError then */
export async function runStep(
  { progress, steps }: Stage,
  scenario: Scenario,
  label: string,
  plan: Plan,
): Promise<Step> {
  interruption.throwIfAborted();
  const users = plan.shares.reduce((total, share) => total + share.users, 0);
  progress.start(scenario, label, users, plan.seconds);
  const result = await runPlan(plan, (second) => progress.second(second));
  progress.end(result);
  const step = { label, users, result };
  steps.push(step);
  return step;
}

/** @throws Error where the stack is not on this machine's engine, which is looked at before the run */
export function mustBeLocal({ local }: Stage): LocalStack {
  if (local === undefined) throw new Error("no stack of this machine is at that address");
  return local;
}
