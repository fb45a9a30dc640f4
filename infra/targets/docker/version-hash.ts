import { createHash } from "node:crypto";
import { Output } from "@pulumi/pulumi";

/**
 * A hash of all inputs of a container that are known before the update: 8 hex digits.
 *
 * The docker provider deletes before it creates when it replaces a container. With this hash in a replica's name a new
 * version is a new resource instead: Pulumi creates all new replicas, waits until they are healthy, then deletes the old.
 */
export function versionHash(facts: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(known(facts)))
    .digest("hex")
    .slice(0, 8);
}

/** The value without its outputs, whose content is not known yet. Secrets count by their versions instead. */
function known(value: unknown): unknown {
  if (Output.isInstance(value) || value instanceof Promise) {
    return null;
  }
  if (Array.isArray(value)) {
    return value.map(known);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, known(item)]));
}
