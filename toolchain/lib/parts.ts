import { stackName } from "../../infra/labels.ts";
import { UserError } from "../../lib/user-error.ts";
import { dockerParts } from "./docker-parts.ts";
import type { OwnStack } from "./own-stack.ts";
import { asUserError } from "./stack-place.ts";

/** A container of a stack on Docker, or an object of a stack on Kubernetes, as it is at this moment. */
export interface Part {
  readonly name: string;
  readonly component: string;
  /** How many containers or pods it should have, and how many of them are healthy. */
  readonly asked: number;
  readonly healthy: number;
  /** What is wrong with it. */
  readonly problem?: string;
  /** Whether it does not exist or has ended: without a refresh Pulumi takes it for what the state says. */
  readonly isGone?: boolean;
  /** The last lines that it has logged. */
  readonly lastLines?: () => Promise<string>;
}

/** All that the state of a stack holds, and what else carries its labels, as it is at this moment. */
export async function partsOf(stack: OwnStack): Promise<Part[]> {
  if (stack.target === "docker") {
    return dockerParts(stack.engine, stack);
  }
  // The Kubernetes client takes 90 MB and a second to load.
  const { clusterParts } = await import("./cluster-parts.ts");
  return clusterParts(stack, stack).catch(async (error: unknown) => {
    throw await asUserError(error, stackName(stack.labels));
  });
}

/** The problems of parts, a text for each. */
export function problemsOf(parts: readonly Part[]): string[] {
  return parts.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name} ${problem}`]));
}

/** @throws {UserError} that names the parts that are not healthy */
export function assertHealthy(parts: readonly Part[]): void {
  const problems = problemsOf(parts);
  if (problems.length > 0) {
    throw new UserError(problems.join(", "));
  }
}

/** The last lines of each part that is not healthy, a text for each. */
export async function lastLinesOf(parts: readonly Part[]): Promise<string[]> {
  const logs = parts.map(async ({ name, problem, lastLines }) => {
    const lines = problem === undefined ? undefined : (await lastLines?.())?.trimEnd();
    return lines ? [`The last lines of ${name}:\n${lines.replaceAll(/^/gm, "  ")}`] : [];
  });
  return (await Promise.all(logs)).flat();
}

/** How many containers or pods a component should have. */
export function askedOf(parts: readonly Part[], component: string): number {
  return parts.reduce((sum, part) => sum + (part.component === component ? part.asked : 0), 0);
}

/** Which components are healthy: `nginx, redis, resume × 4`. */
export function healthyLine(parts: readonly Part[]): string {
  const counts = new Map<string, number>();
  for (const { component, healthy } of parts) {
    counts.set(component, (counts.get(component) ?? 0) + healthy);
  }
  return [...counts]
    .map(([component, count]) => (count === 1 ? component : `${component} × ${count}`))
    .sort()
    .join(", ");
}
