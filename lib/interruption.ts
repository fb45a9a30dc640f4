import { setTimeout as timer } from "node:timers/promises";

const controller = new AbortController();

/** Aborted when this process receives SIGINT (Ctrl-C), SIGTERM or SIGHUP. */
export const interruption: AbortSignal = controller.signal;

/** Waits this many milliseconds. @throws {AbortError} when the user asks to stop */
export function pause(milliseconds: number): Promise<void> {
  return timer(milliseconds, undefined, { signal: interruption });
}

/**
 * Signals within this many milliseconds are one: a terminal or a `kill` of the process group reaches npm, start.mjs and this
 * process, and each of them forwards what it received.
 */
const sameMs = 2000;

/**
 * Handles signals from now on. The first one aborts `interruption`, so that the command ends through its `finally` blocks.
 * @param end ends the children; `again` when the user has asked before, some seconds ago
 */
export function onSignal(end: (signal: NodeJS.Signals, again: boolean) => void): void {
  let last = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const again = interruption.aborted;
      if (again && performance.now() - last < sameMs) {
        return;
      }
      last = performance.now();
      if (signal === "SIGHUP") {
        // The terminal may be gone. Writing to it is an error then, which must not end this process.
        for (const stream of [process.stdout, process.stderr]) {
          stream.on("error", () => {});
        }
      }
      controller.abort();
      end(signal, again);
    });
  }
}
