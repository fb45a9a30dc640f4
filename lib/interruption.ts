import { setTimeout as timer } from "node:timers/promises";

const controller = new AbortController();

/** Aborted as soon as the user has asked to stop (Ctrl-C, SIGTERM, SIGHUP). */
export const interruption: AbortSignal = controller.signal;

/** Waits this many milliseconds. @throws AbortError when the user asks to stop. */
export function pause(milliseconds: number): Promise<void> {
  return timer(milliseconds, undefined, { signal: interruption });
}

/** A second signal within so many milliseconds is the first one again: npm passes on what its whole group was sent. */
const echoMs = 500;

/**
 * From now on a signal ends the children, and the command ends through its own `finally` blocks; a second signal ends
 * it at once. A terminal's Ctrl-C reaches the children by itself, and Pulumi would take a second one for impatience.
 */
export function onSignal(relay: (signal: NodeJS.Signals, fromTerminal: boolean) => void): void {
  let first = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interruption.aborted) {
        if (performance.now() - first < echoMs) {
          return;
        }
        process.exit(130);
      }
      first = performance.now();
      controller.abort();
      relay(signal, signal === "SIGINT" && process.stdin.isTTY);
    });
  }
}
