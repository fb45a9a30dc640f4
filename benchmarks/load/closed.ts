import { setTimeout as pause } from "node:timers/promises";
import type { User } from "./user.ts";

/** How many users come at once, and how long after them the next ones, in milliseconds. */
const batch = { users: 500, everyMs: 20 };

/**
 * Users who ask again as soon as they are answered, until the time is over or `stop` is aborted.
 * @param threads how many threads' users come at the same time
 */
export async function runClosed(
  users: readonly User[],
  seconds: number,
  threads: number,
  stop: AbortSignal,
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const untilTheEnd = (user: User): Promise<void> =>
    new Promise((resolve) => {
      const next = () => {
        const now = performance.now();
        if (now >= end || stop.aborted) resolve();
        else user.ask(now, next);
      };
      next();
    });
  const atOnce = Math.ceil(batch.users / threads);
  const staying: Promise<void>[] = [];
  for (let come = 0; come < users.length; come += atOnce) {
    // Who is stopped on the way has nothing to ask.
    if (come > 0) await pause(batch.everyMs, undefined, { signal: stop }).catch(() => {});
    staying.push(...users.slice(come, come + atOnce).map(untilTheEnd));
  }
  await Promise.all(staying);
}
