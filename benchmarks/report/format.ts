import { format } from "../../grafana/pictures/format.ts";
import { totals } from "../load/plan.ts";
import type { Step } from "../result.ts";

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Of milliseconds. */
export function time(ms: number): string {
  return format(ms / 1000, "s");
}

/** Of a share, rounded down: 99.999 % must not look like all. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1e4) / 100).toFixed(2)} %`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** How a check is marked: met, missed, or not measured here. */
export function markOf(met: boolean | null): string {
  return met === null ? "–" : met ? "✓" : "✗";
}

/** The share of all requests that were answered soundly. */
export function successOf({ result }: Step): string {
  const { requests, failed } = totals(result);
  return percent(requests === 0 ? 0 : (requests - failed) / requests);
}

/** Beside every percentile of a closed loop. */
export const closedLoopNote =
  "Percentiles of closed loops hide stalls: a user who waits asks for nothing meanwhile (coordinated omission), so that a stall of 4 s in 10 s is one slow request of each. The paced scenarios (open model) count from when each request was due: they show stalls.";

/** The slowest share's percentile in milliseconds: what the users who waited longest saw. */
export function slowest({ result }: Step, which: "p50" | "p95" | "p99"): number {
  return Math.max(...result.shares.map(({ latency }) => latency[which]));
}

/** Columns as wide as their widest cell; the first `left` ones to the left, all others to the right. */
export function table(rows: readonly (readonly string[])[], left = 1): string {
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? "").length));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < left ? cell.padEnd(width(column)) : cell.padStart(width(column))))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
