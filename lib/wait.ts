import { pause } from "./interruption.ts";
import { UserError } from "./user-error.ts";

export interface Wait {
  limitMs: number;
  /** The pause between two checks; 250 ms by default. */
  everyMs?: number;
  /** The error message when the limit is reached, made from the last problem. */
  late: (problem: string) => string;
}

/**
 * Repeats a check until it finds no problem.
 * @param check returns the problem, or undefined; what it throws ends the wait
 * @throws {UserError} when the limit is reached
 * @throws {AbortError} when the user asks to stop
 */
export async function waitUntil(check: () => Promise<string | undefined>, wait: Wait): Promise<void> {
  const end = Date.now() + wait.limitMs;
  for (;;) {
    const problem = await check();
    if (problem === undefined) {
      return;
    }
    if (Date.now() > end) {
      throw new UserError(wait.late(problem));
    }
    await pause(wait.everyMs ?? 250);
  }
}
