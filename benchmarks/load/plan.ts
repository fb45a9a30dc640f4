import { sum } from "simple-statistics";
import type { Address } from "../address.ts";

/** Users who all ask for the same. */
export interface Share {
  /** What they ask for, for people: home, health. */
  name: string;
  address: Address;
  users: number;
}

/** What a load does. Plain data, so that it can be handed to a worker thread. */
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
  /** Longest that one request may take as a whole, in milliseconds; without it, as long as all requests of the benchmark may. */
  timeoutMs?: number;
}

/** What one thread does of a plan: its own part of the users. */
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
  /** Answers with another status than 200, but 429. */
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

/** One second of a run. All of them together have all requests and failures of the run. */
export interface Second {
  /** Its end, in milliseconds since 1970. */
  time: number;
  /** How long it was: of the last one, what was left of the run. */
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

/** What one thread saw in a second; the histogram as in `ShareResult`, so that threads can be put together. */
export interface PartSecond extends Omit<Second, "p50" | "p95" | "p99"> {
  histogram: string;
}

/** The users' connections to the server. */
export interface Connections {
  /** The most that were open at once, of the ends of all seconds. */
  most: number;
  /** Those beyond each user's first. */
  reconnects: number;
  /** Connections that ended while nobody waited for an answer on them: no failed request, but not kept either. */
  idleCuts: number;
}

/** Figures of this machine, not of the server. */
export interface OwnLoad {
  /** How busy the busiest thread was, 0 to 1. */
  busy: number;
  /** The longest that a thread was late, in milliseconds. */
  lateMs: number;
  /** Requests that this machine could not send, for want of files, ports or memory. They are no requests and no failures. */
  unsent: number;
  /** The error codes of these: EMFILE. */
  unsentBy: string[];
  /** Requests that were under way, or due, when the user stopped the run. They are no requests and no failures. */
  cutOff: number;
}

export interface PlanResult {
  /** What it really took. */
  seconds: number;
  shares: ShareResult[];
  series: Second[];
  /** Stopped by the user before its time. */
  stopped: boolean;
  load: OwnLoad & { threads: number };
  connections: Connections;
}

/** What one thread saw of a plan. */
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
 * So many seconds at the beginning do not count for answers a second: users come, and V8 compiles the code of the load. A run
 * that is not at least as long after them as they are counts as a whole.
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
