import { at } from "../../lib/at.ts";
import { UserError } from "../../lib/user-error.ts";
import type { PlacedStack } from "./own-stack.ts";
import { prometheusOf } from "./stack-prometheus.ts";

/** A target as Prometheus lists it. */
interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  readonly health: string;
}

/** The targets in an answer of Prometheus' /api/v1/targets. */
export function parseTargets(answer: unknown): ScrapeTarget[] {
  const targets = at(answer, "data", "activeTargets");
  return (Array.isArray(targets) ? targets : []).map((target: unknown) => ({
    job: String(at(target, "labels", "job")),
    instance: String(at(target, "labels", "instance")),
    health: String(at(target, "health")),
  }));
}

/**
 * Asserts that Prometheus scrapes every target, and as many replicas as there are.
 * @throws {UserError} that names the others, or when Prometheus does not answer
 */
export async function assertTargetsUp(stack: PlacedStack, replicas: number): Promise<void> {
  const answer: unknown = JSON.parse(await prometheusOf(stack)("/api/v1/targets?state=active"));
  const targets = parseTargets(answer);
  const down = targets.filter(({ health }) => health !== "up");
  const found = targets.filter(({ job }) => job === "resume").length;
  if (down.length > 0 || found !== replicas) {
    const names = down.map(({ job, instance, health }) => `${job} ${instance} is ${health}`).join(", ");
    throw new UserError(names || `${found} of ${replicas} replicas are targets`);
  }
}
