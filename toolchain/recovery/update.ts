import { interruption } from "../../lib/interruption.ts";
import { withLock } from "../../lib/lock.mjs";
import { inCache } from "../../lib/paths.ts";
import { sayWaiting } from "../../lib/report.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { recover } from "./recover.ts";

/**
 * Runs a command that changes a stack, after it was recovered, while no other command of ours changes it: Pulumi's own lock
 * is taken only after the preview.
 * @param command is given what to add to Pulumi's arguments
 */
export function updateStack<T>(
  tools: ToolsWithoutImages,
  stack: string,
  command: (added: string[]) => Promise<T>,
): Promise<T> {
  const work = async () => command(await recover(tools, stack));
  return withLock(inCache(`update-${stack}.lock`), work, sayWaiting, interruption);
}
