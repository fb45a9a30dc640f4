import type { Target } from "../target.ts";

/** Users who all ask for the same. */
export interface Share {
  /** What they ask for, for people: home, health. */
  name: string;
  target: Target;
  users: number;
}

/** What a load does. Plain data, so that it can be handed to a worker thread. */
export interface Plan {
  /**
   * `closed`: each user asks again as soon as the answer is there. `paced`: each asks once an interval, however slow
   * the answers are, and what falls due while an answer is late counts from when it was due (no coordinated omission).
   */
  kind: "closed" | "paced";
  shares: readonly Share[];
  seconds: number;
  /** Of paced users, in milliseconds. */
  everyMs: number;
}

/** What requests failed by. */
export interface Failures {
  /** Connections that were refused, cut or broken. */
  connections: number;
  /** No whole answer within the time limit. */
  timeouts: number;
  /** Answers with another status than 200, but 429. */
  statuses: number;
  /** 429: the edge holds this client back. */
  limited: number;
  /** Answers with another body or encoding than the expected one. */
  bodies: number;
}

/** What became of one share's requests. */
export interface ShareResult {
  name: string;
  users: number;
  /** Requests that were answered or failed. */
  requests: number;
  failures: Failures;
  /** What the first different failures were. */
  troubles: string[];
  /** Milliseconds; of paced users from when a request was due. Sound and unsound answers alike. */
  latency: Latency;
  /** All latencies in microseconds: an HdrHistogram (V2, compressed, base64). */
  histogram: string;
}

export interface Latency {
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  p999: number;
  max: number;
}

/** One second of a run. */
export interface Second {
  /** Its end, in milliseconds since 1970. */
  time: number;
  requests: number;
  failed: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
}

export interface PlanResult {
  /** What it really took. */
  seconds: number;
  shares: ShareResult[];
  series: Second[];
  /** Stopped by the user before its time. */
  stopped: boolean;
  /** Of the load itself: how busy its thread was, 0 to 1, and the longest that it was late, in milliseconds. */
  load: { busy: number; lateMs: number };
}

export const failedOf = ({ connections, timeouts, statuses, limited, bodies }: Failures): number =>
  connections + timeouts + statuses + limited + bodies;

/** Requests, failures and sound answers a second of all shares together. */
export function sum({ shares, seconds }: Pick<PlanResult, "shares" | "seconds">) {
  const requests = shares.reduce((total, share) => total + share.requests, 0);
  const failed = shares.reduce((total, { failures }) => total + failedOf(failures), 0);
  return { requests, failed, perSecond: (requests - failed) / seconds };
}
