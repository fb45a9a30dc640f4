import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runDockerStack } from "./support/docker-stack.ts";
import { atHome, runStack } from "./support/manifests.ts";
import type { Registered } from "./support/mocks.ts";

/**
 * Types and names as stacks had them before the folders were laid out anew. Pulumi knows a resource by them: one that has
 * another is replaced in every stack that runs. Where one has to change, it gets an alias.
 */
const recorded: unknown = JSON.parse(readFileSync(join(import.meta.dirname, "data/resources.json"), "utf8"));

/** A resource as the data has it; the hash at the end of some names is the content's. */
function line({ type, name }: Registered): string {
  return `${type} ${name.replace(/[0-9a-f]{8}$/, "HASH")}`;
}

test("every resource has the type and the name that it had in stacks of before", async () => {
  const docker = await runDockerStack({ replicas: "2" });
  const kubernetes = await runStack({ ...atHome, replicas: "2" });
  const made = {
    docker: docker.resources.map(line).sort(),
    kubernetes: kubernetes.resources.map(line).sort(),
  };
  assert.deepEqual(made, recorded);
});
