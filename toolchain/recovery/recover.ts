import { stackLabels } from "../../infra/labels.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { pause } from "../../lib/interruption.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { project } from "../lib/stack-config.ts";
import { stackPlace } from "../lib/stack-place.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { findOnDocker } from "./docker-leftovers.ts";
import { findOnCluster } from "./kubernetes-leftovers.ts";
import { endLeftoverProcesses } from "./leftover-processes.ts";
import { liftLock } from "./lift-lock.ts";
import { locksOf, stateFolder } from "./locks.ts";
import { clearOperations, exportState } from "./state.ts";

/** The engine still completes what a process has requested before its end. */
const settleMs = 1000;

/**
 * Updates with a backend of the user's can't be seen here. What is older than this is no part of a running one: a container
 * is in the state, or has failed, 90 s after its creation.
 */
const longestOperationMs = 180_000;

/**
 * Mends what an interrupted update of a stack has left: a lock whose process has ended, processes of a killed CLI, things
 * that the state does not hold, operations that were begun. Before each command that changes the stack.
 * @returns what to add to Pulumi's arguments: a refresh finds what the update has changed beside the state
 * @throws {UserError} when a process of another machine holds the lock, or the stack on the engine is another clone's
 */
export async function recover(tools: ToolsWithoutImages, stack: string): Promise<string[]> {
  const folder = stateFolder();
  const lifted = folder !== undefined && (await liftLock(tools, folder, stack));
  const ended = await endLeftoverProcesses(projectRoot);
  if (ended > 0) {
    say("recovery", `${ended} processes of a killed update were still there, and are ended`);
  }
  if (lifted || ended > 0) {
    await pause(settleMs);
  }
  const labels = stackLabels(project, stack);
  const place = await stackPlace(project, stack);
  const findLeftovers = await (place.target === "docker"
    ? findOnDocker(clientAt(tools.engine.host), labels)
    : findOnCluster(place, labels));
  const state = await exportState(tools, stack);
  if (folder !== undefined && locksOf(folder, stack).length > 0) {
    // Another update has begun meanwhile: what was found may be its.
    return recover(tools, stack);
  }
  const before = folder === undefined ? Date.now() - longestOperationMs : Number.POSITIVE_INFINITY;
  const leftovers = (await findLeftovers(state)).filter(({ createdAt }) => createdAt < before);
  for (const { name, remove } of leftovers) {
    await remove();
    say("recovery", `${name} is removed: an interrupted update has left it, and the state does not hold it`);
  }
  const begun = state.deployment.pending_operations.length;
  if (begun > 0) {
    await clearOperations(tools, stack, state);
    say("recovery", `${begun} operations of an interrupted update are cleared from the state`);
  }
  return lifted || ended > 0 || leftovers.length > 0 || begun > 0 ? ["--refresh"] : [];
}
