import { sum } from "simple-statistics";
import type { Address } from "../address.ts";

/** Users who all request the same address. */
export interface Share {
  /** The name of the page: home, health. */
  name: string;
  address: Address;
  users: number;
}

/** A load. Plain data, so that it can be handed to a worker thread. */
export interface Plan {
  /**
   * The closed model: each user asks again as soon as the answer is there. The open model: a constant arrival rate, each
   * user asks once an interval, however slow the answers are, and what falls due while an answer is late counts from when
   * it was due (no coordinated omission).
   */
  kind: "closed" | "open";
  shares: readonly Share[];
  seconds: number;
  /** Of the open model, in milliseconds. */
  everyMs: number;
  /** Time limit of one request as a whole, in milliseconds; without it, the one of the benchmark. */
  timeoutMs?: number;
}

/** One thread's part of a plan: a part of the users. */
export interface Part extends Plan {
  /** From 0. */
  index: number;
  /** How many threads share the plan. */
  of: number;
}

/** Failed requests by cause. */
export interface Failures {
  /** Connections that were refused, cut or broken. */
  connections: number;
  /** No whole answer within the time limit. */
  timeouts: number;
  /** Answers with another status than 200 and 429. */
  statuses: number;
  /** 429: the edge limits this client. */
  limited: number;
  /** Answers with another body or encoding than the expected one. */
  bodies: number;
}

/** The result of one share. */
export interface ShareResult {
  name: string;
  users: number;
  /** Requests that were answered or failed, each until its time limit at the latest. */
  requests: number;
  failures: Failures;
  /** The first different failures. */
  errors: string[];
  /** Milliseconds; in the open model from when a request was due. Sound and unsound answers alike. */
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

/** One second of a run. The seconds of a run add up to all of its requests and failures. */
export interface Second {
  /** Its end, in milliseconds since 1970. */
  time: number;
  /** Its length. The last one is what remains of the run. */
  seconds: number;
  requests: number;
  failed: number;
  /** Open at its end. */
  connections: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  p99: number;
}

/** One second of one thread, with a histogram as in `ShareResult`, so that threads can be merged. */
export interface PartSecond extends Omit<Second, "p50" | "p95" | "p99"> {
  histogram: string;
}

/** The users' connections to the server. */
export interface Connections {
  /** The highest number of open connections at the end of a second. */
  most: number;
  /** Those beyond each user's first. */
  reconnects: number;
  /** Connections that ended while no request was in flight on them: no failure. */
  idleCuts: number;
}

/** Figures of this machine, not of the server. */
export interface OwnLoad {
  /** How busy the busiest thread was, 0 to 1. */
  busy: number;
  /** The longest that a thread was late, in milliseconds. */
  lateMs: number;
  /** Requests that this machine could not send for lack of files, ports or memory. Counted neither as requests nor as failures. */
  unsent: number;
  /** The error codes of these: EMFILE. */
  unsentBy: string[];
  /** Requests in flight or due when the user stopped the run. Counted neither as requests nor as failures. */
  cutOff: number;
}

export interface PlanResult {
  /** Its real duration. */
  seconds: number;
  shares: ShareResult[];
  series: Second[];
  /** Stopped by the user before its time. */
  stopped: boolean;
  load: OwnLoad & { threads: number };
  connections: Connections;
}

/** One thread's result. */
export interface PartResult {
  seconds: number;
  shares: Pick<ShareResult, "requests" | "failures" | "errors" | "histogram">[];
  series: PartSecond[];
  stopped: boolean;
  load: OwnLoad;
  connections: Pick<Connections, "reconnects" | "idleCuts">;
}

export function failedOf({ connections, timeouts, statuses, limited, bodies }: Failures): number {
  return connections + timeouts + statuses + limited + bodies;
}

/**
 * The first seconds do not count for answers a second: users connect, and V8 compiles the code of the load. A run of less than
 * twice as many seconds counts as a whole.
 */
const warmUpSeconds = 2;

/** The part of a result that requests and failures are counted by. */
interface Countable {
  seconds: number;
  shares: readonly Pick<ShareResult, "requests" | "failures">[];
  series: readonly Pick<Second, "seconds" | "requests" | "failed">[];
}

/** Requests and failures of all shares together, and their sound answers a second. */
export function totals({ shares, seconds, series }: Countable) {
  const requests = sum(shares.map((share) => share.requests));
  const failed = sum(shares.map(({ failures }) => failedOf(failures)));
  const warm = series.length >= 2 * warmUpSeconds ? series.slice(warmUpSeconds) : [{ requests, failed, seconds }];
  const sound = sum(warm.map((second) => second.requests - second.failed));
  return { requests, failed, perSecond: sound / sum(warm.map((second) => second.seconds)) };
}
