import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import type { User } from "./user.ts";

/** How many users ask once an interval, for how long; `phase`, 0 to 1, moves them all by that part of the way to the next one. */
export interface Pace {
  users: number;
  everyMs: number;
  seconds: number;
  phase: number;
}

/** A thread that is behind asks for so long without a break, in milliseconds; then it hears what has come meanwhile. */
const longestTurnMs = 10;

/** When each request is due, in milliseconds from the start: the users are spread evenly over the interval. */
export function* dueTimes({ users, everyMs, seconds, phase }: Pace): Generator<{ user: number; atMs: number }> {
  if (users === 0) return;
  for (let index = 0; ; index++) {
    const atMs = ((index + phase) / users) * everyMs;
    if (atMs >= seconds * 1000) return;
    yield { user: index % users, atMs };
  }
}

/**
 * Users who each ask once an interval, however slow the answers are: the open model.
 * @returns the longest that this thread itself was late, in milliseconds: a busy machine shows here
 */
export async function runPaced(users: readonly User[], pace: Omit<Pace, "users">, stop: AbortSignal): Promise<number> {
  const start = performance.now() + 20;
  let lateMs = 0;
  let underWay = 0;
  const { promise: allDone, resolve: lastIsDone } = Promise.withResolvers<void>();
  let allAsked = false;
  let turnedAt = start;
  const done = () => {
    underWay--;
    if (allAsked && underWay === 0) lastIsDone();
  };
  for (const { user, atMs } of dueTimes({ ...pace, users: users.length })) {
    const due = start + atMs;
    const early = due - performance.now();
    if (early > 0 || performance.now() - turnedAt > longestTurnMs) {
      // Who is stopped while waiting asks no more.
      await (early > 0 ? pause(early, undefined, { signal: stop }).catch(() => {}) : turn());
      turnedAt = performance.now();
    }
    if (stop.aborted) break;
    const now = performance.now();
    lateMs = Math.max(lateMs, now - due);
    underWay++;
    // Who still waits for an answer asks as soon as it is there; that time counts. A timer may be a little early.
    users[user]?.ask(Math.min(due, now), done);
  }
  allAsked = true;
  if (underWay > 0) await allDone;
  return lateMs;
}
