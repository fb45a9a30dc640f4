import { format } from "../../grafana/pictures/format.ts";
import { sum } from "../load/plan.ts";
import type { Step } from "../result.ts";
import { sumOf } from "../statistics.ts";

export const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** Of milliseconds. */
export const time = (ms: number): string => format(ms / 1000, "s");

/** Of a share, rounded down: 99.999 % must not look like all. */
export const percent = (share: number): string => `${(Math.floor(share * 1e4) / 100).toFixed(2)} %`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** NaN for no values. */
export const mean = (values: readonly number[]): number => sumOf(values) / values.length;

/** How a check is marked: met, missed, or not measured here. */
export const markOf = (met: boolean | null): string => (met === null ? "–" : met ? "✓" : "✗");

/** The share of all requests that were answered soundly. */
export const successOf = ({ result }: Step): string => {
  const { requests, failed } = sum(result);
  return percent(requests === 0 ? 0 : (requests - failed) / requests);
};

/** Beside every percentile of a closed loop. */
export const closedLoopNote =
  "Percentiles of closed loops hide stalls: a user who waits asks for nothing meanwhile (coordinated omission), so that a stall of 4 s in 10 s is one slow request of each. The paced scenarios (open model) count from when each request was due: they show stalls.";

/** The slowest share's percentile in milliseconds: what the users who waited longest saw. */
export const slowest = ({ result }: Step, which: "p50" | "p95" | "p99"): number =>
  Math.max(...result.shares.map(({ latency }) => latency[which]));
