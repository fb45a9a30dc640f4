import { Agent } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { probe, type Target } from "./target.ts";

/** Users who each ask once an interval, however slow the answers are: the open model. Plain data, for a worker thread. */
export interface Pace {
  target: Target;
  users: number;
  /** Milliseconds from one request of a user to the next. */
  everyMs: number;
  /** How many requests each user makes. */
  rounds: number;
}

export interface PacedResult {
  /**
   * Milliseconds of each request, failed ones too, from the moment when it was due to its last byte. A user who still
   * waits for an answer when the next request is due makes it late, and that time counts (no coordinated omission).
   */
  latencies: number[];
  failed: number;
  /** What the first failed ones failed by. */
  troubles: string[];
  /** The longest that the pacer itself was late, in milliseconds: a busy machine shows here. */
  lateMs: number;
}

/** When each request is due, in milliseconds from the start: the users are spread evenly over the interval. */
export const dueTimes = ({ users, everyMs, rounds }: Omit<Pace, "target">): { user: number; atMs: number }[] =>
  Array.from({ length: rounds * users }, (_, index) => ({
    user: index % users,
    atMs: (index / users) * everyMs,
  }));

/** How many different troubles are kept. */
const keptTroubles = 5;

/** Runs the requests as they fall due, each user on a keep-alive connection of their own. */
export async function pace(plan: Pace): Promise<PacedResult> {
  const agents = Array.from({ length: plan.users }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const result: PacedResult = { latencies: [], failed: 0, troubles: [], lateMs: 0 };
  const underWay: Promise<void>[] = [];
  const start = performance.now() + 20;

  for (const { user, atMs } of dueTimes(plan)) {
    const due = start + atMs;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    result.lateMs = Math.max(result.lateMs, performance.now() - due);
    const request = probe(plan.target, agents[user]).then((wrong) => {
      result.latencies.push(performance.now() - due);
      if (wrong === undefined) return;
      result.failed++;
      if (result.troubles.length < keptTroubles && !result.troubles.includes(wrong)) result.troubles.push(wrong);
    });
    underWay.push(request);
  }
  await Promise.all(underWay);
  for (const agent of agents) agent.destroy();
  return result;
}
