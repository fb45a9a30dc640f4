import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import type { User } from "./user.ts";

/** Users start in batches of so many, so many milliseconds apart. */
const batch = { users: 500, everyMs: 20 };

/**
 * The closed model: users who ask again as soon as they are answered, until the time is over or `stop` is aborted.
 * @param threads how many threads' users come at the same time
 */
export async function runClosedLoop(
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
        if (now >= end || stop.aborted) {
          resolve();
        } else {
          user.ask(now, next);
        }
      };
      next();
    });
  const atOnce = Math.ceil(batch.users / threads);
  const staying: Promise<void>[] = [];
  for (let come = 0; come < users.length; come += atOnce) {
    // An abort while waiting is handled by `untilTheEnd`.
    if (come > 0) {
      await pause(batch.everyMs, undefined, { signal: stop }).catch(() => {});
    }
    staying.push(...users.slice(come, come + atOnce).map(untilTheEnd));
  }
  await Promise.all(staying);
}

/** Each user sends one request an interval. `phase`, 0 to 1, shifts all requests by that part of the gap between two. */
export interface ArrivalRate {
  users: number;
  everyMs: number;
  seconds: number;
  phase: number;
}

/** A thread that is late yields after so many milliseconds of sending, so that answers are read. */
const longestTurnMs = 10;

/** When each request is due, in milliseconds from the start: the users are spread evenly over the interval. */
export function* dueTimes({ users, everyMs, seconds, phase }: ArrivalRate): Generator<{ user: number; atMs: number }> {
  if (users === 0) {
    return;
  }
  for (let index = 0; ; index++) {
    const atMs = ((index + phase) / users) * everyMs;
    if (atMs >= seconds * 1000) {
      return;
    }
    yield { user: index % users, atMs };
  }
}

/**
 * The open model: users who each ask once an interval, however slow the answers are.
 * @returns the longest that this thread itself was late, in milliseconds: high on a busy machine
 */
export async function runConstantArrivalRate(
  users: readonly User[],
  rate: Omit<ArrivalRate, "users">,
  stop: AbortSignal,
): Promise<number> {
  const start = performance.now() + 20;
  let lateMs = 0;
  let inFlight = 0;
  const { promise: allDone, resolve: resolveDone } = Promise.withResolvers<void>();
  let allSent = false;
  let yieldedAt = start;
  const done = () => {
    inFlight--;
    if (allSent && inFlight === 0) {
      resolveDone();
    }
  };
  for (const { user, atMs } of dueTimes({ ...rate, users: users.length })) {
    const due = start + atMs;
    const early = due - performance.now();
    if (early > 0 || performance.now() - yieldedAt > longestTurnMs) {
      await (early > 0 ? pause(early, undefined, { signal: stop }).catch(() => {}) : turn());
      yieldedAt = performance.now();
    }
    if (stop.aborted) {
      break;
    }
    const now = performance.now();
    lateMs = Math.max(lateMs, now - due);
    inFlight++;
    // A user who still waits for an answer asks once it is there; that time counts. A timer may be a little early.
    users[user]?.ask(Math.min(due, now), done);
  }
  allSent = true;
  if (inFlight > 0) {
    await allDone;
  }
  return lateMs;
}
