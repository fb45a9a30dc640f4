import { setTimeout as pause } from "node:timers/promises";
import type { User } from "./user.ts";

/** When each request is due, in milliseconds from the start: the users are spread evenly over the interval. */
export const dueTimes = (pace: { users: number; everyMs: number; seconds: number }): { user: number; atMs: number }[] =>
  Array.from({ length: Math.floor((pace.seconds * 1000) / pace.everyMs) * pace.users }, (_, index) => ({
    user: index % pace.users,
    atMs: (index / pace.users) * pace.everyMs,
  }));

/**
 * Users who each ask once an interval, however slow the answers are: the open model.
 * @returns the longest that this thread itself was late, in milliseconds: a busy machine shows here
 */
export async function runPaced(
  users: readonly User[],
  { everyMs, seconds }: { everyMs: number; seconds: number },
  stop: AbortSignal,
): Promise<number> {
  const underWay: Promise<void>[] = [];
  const start = performance.now() + 20;
  let lateMs = 0;
  for (const { user, atMs } of dueTimes({ users: users.length, everyMs, seconds })) {
    if (stop.aborted) break;
    const due = start + atMs;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    const now = performance.now();
    lateMs = Math.max(lateMs, now - due);
    // Who still waits for an answer asks as soon as it is there; that time counts. A timer may be a little early.
    underWay.push(new Promise((done) => users[user]?.ask(Math.min(due, now), done)));
  }
  await Promise.all(underWay);
  return lateMs;
}
