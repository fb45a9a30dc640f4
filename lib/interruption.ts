import { setTimeout as timer } from "node:timers/promises";

const controller = new AbortController();

/** Aborted when this process receives SIGINT (Ctrl-C), SIGTERM or SIGHUP. */
export const interruption: AbortSignal = controller.signal;

/** Waits this many milliseconds. @throws {AbortError} when the user asks to stop */
export function pause(milliseconds: number): Promise<void> {
  return timer(milliseconds, undefined, { signal: interruption });
}

/**
 * A signal this many milliseconds after another is the same one: npm forwards a signal that the terminal has already sent
 * to the whole process group.
 */
const duplicateMs = 500;

/**
 * Handles signals from now on: the first ends the children, and the command then ends through its `finally` blocks; a
 * second one ends this process at once.
 * @param forward sends the signal to the children. A terminal's Ctrl-C has reached them already, and a second one would
 * make Pulumi cancel at once
 */
export function onSignal(forward: (signal: NodeJS.Signals, fromTerminal: boolean) => void): void {
  let first = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interruption.aborted) {
        if (performance.now() - first < duplicateMs) {
          return;
        }
        process.exit(130);
      }
      first = performance.now();
      controller.abort();
      forward(signal, signal === "SIGINT" && process.stdin.isTTY);
    });
  }
}
