import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { complaintsIn } from "../../lib/cluster/events.ts";
import { interruption } from "../../lib/interruption.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { runAttached } from "../../lib/run.ts";
import { messageOf } from "../../lib/user-error.ts";
import { isOnKubernetes, project } from "./stack-config.ts";
import { asUserError, stackPlace } from "./stack-place.ts";

/** What the cluster of a stack has complained of since a time, for people whose command has failed. */
async function tellComplaints(stack: string, since: Date): Promise<void> {
  try {
    const place = await stackPlace(project, stack);
    if (place.target !== "kubernetes") {
      return;
    }
    for (const line of await complaintsIn(place.access, place.namespace, since)) {
      say("cluster", line);
    }
  } catch (error) {
    // Pulumi has told why it failed; a cluster that can't be asked is no second failure.
    say("cluster", `its events can't be read: ${messageOf(await asUserError(error, stack))}`);
  }
}

/**
 * Runs the CLI on this terminal. Where it fails for a stack on Kubernetes, the cluster's own complaints follow.
 * @param stack the one that plugins are run for; undefined where none are
 * @returns the CLI's exit code
 */
export async function runOnStack(
  program: string,
  args: string[],
  env: Record<string, string>,
  stack: string | undefined,
): Promise<number> {
  if (stack === undefined || !isOnKubernetes(stack)) {
    return runAttached(program, args, { cwd: projectRoot, env });
  }
  const start = new Date();
  // The Kubernetes plugin writes the kubeconfig, keys included, to a temporary file at each run, and leaves it there.
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-"));
  try {
    const code = await runAttached(program, args, { cwd: projectRoot, env: { ...env, TMPDIR: temporary } });
    if (code !== 0 && !interruption.aborted) {
      await tellComplaints(stack, start);
    }
    return code;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
