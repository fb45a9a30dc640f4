import { UserError } from "../../lib/user-error.ts";
import type { Scenario } from "../scenarios.ts";
import type { LocalStack } from "../stage.ts";

/** What needs the stack's containers, and for what. */
const needs: Partial<Record<NonNullable<Scenario["play"]>, string>> = {
  soak: "asks the stack's Prometheus",
  scale: "scales the stack",
  faults: "kills the stack's containers",
  cache: "restarts the stack's containers",
};

/** Refuses, before any load, a scenario that can't be played from here. @throws UserError */
export function mustBePlayable(scenarios: readonly Scenario[], local: LocalStack | undefined): void {
  for (const { name, play } of scenarios) {
    const why = play && needs[play];
    if (why !== undefined && local === undefined) {
      throw new UserError(
        `The scenario ${name} ${why}, and no stack of this machine's Docker engine is at that address.`,
      );
    }
    if (play === "scale" && local?.startScaling === undefined) {
      throw new UserError(`The scenario ${name} scales the dev stack: run it without an address.`);
    }
  }
}
