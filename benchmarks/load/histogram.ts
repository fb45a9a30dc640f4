import { build, decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { Latency } from "./plan.ts";

export type { Histogram };

const longestMs = 60_000;

/** Microseconds, up to a minute, with three digits. */
export function histogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestMs * 1000,
    numberOfSignificantValueDigits: 3,
  });
}

/** What is longer than a minute counts as one. */
export function record(into: Histogram, ms: number): void {
  into.recordValue(Math.max(1, Math.round(Math.min(ms, longestMs) * 1000)));
}

/** One histogram of several, each encoded as by `encodeIntoCompressedBase64`. */
export function mergeHistograms(encoded: readonly string[]): Histogram {
  const sum = histogram();
  for (const one of encoded) {
    sum.add(decodeFromCompressedBase64(one));
  }
  return sum;
}

/** A percentile in milliseconds. */
export function percentile(from: Histogram, percent: number): number {
  return from.getValueAtPercentile(percent) / 1000;
}

export function latencyOf(from: Histogram): Latency {
  return {
    mean: from.mean / 1000,
    p50: percentile(from, 50),
    p90: percentile(from, 90),
    p95: percentile(from, 95),
    p99: percentile(from, 99),
    p999: percentile(from, 99.9),
    max: from.maxValue / 1000,
  };
}
