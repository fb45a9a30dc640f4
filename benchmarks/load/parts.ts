import { encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { sum } from "simple-statistics";
import { latencyOf, mergeHistograms, percentile } from "./histogram.ts";
import type { Failures, Part, PartResult, PartSecond, Plan, PlanResult, Second, ShareResult } from "./plan.ts";
import { keptErrors } from "./tally.ts";

/** Splits a plan's users among so many threads, as evenly as possible, without threads that would have none. */
export function split(plan: Plan, threads: number): Part[] {
  const total = sum(plan.shares.map(({ users }) => users));
  const of = Math.max(1, Math.min(threads, total));
  // Counted across all shares, so that the first thread does not get the remainder of each.
  let before = 0;
  const ends = plan.shares.map((share) => {
    before += share.users;
    return { share, from: before - share.users, to: before };
  });
  return Array.from({ length: of }, (_, index) => {
    const upTo = (count: number) => Math.floor((count + of - 1 - index) / of);
    return {
      ...plan,
      index,
      of,
      shares: ends.map(({ share, from, to }) => ({ ...share, users: upTo(to) - upTo(from) })),
    };
  });
}

/** Merges the results of all threads. Percentiles are those of the summed histograms. */
export function mergeParts(plan: Plan, parts: readonly PartResult[]): PlanResult {
  const seconds = Math.max(...parts.map(({ series }) => series.length));
  const series = Array.from({ length: seconds }, (_, index) =>
    mergeSecond(parts.flatMap((part) => part.series[index] ?? [])),
  );
  const loads = parts.map(({ load }) => load);
  return {
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    shares: plan.shares.map(({ name, users }, index) =>
      mergeShare(
        name,
        users,
        parts.flatMap(({ shares }) => shares[index] ?? []),
      ),
    ),
    series,
    stopped: parts.some(({ stopped }) => stopped),
    load: {
      busy: Math.max(...loads.map(({ busy }) => busy)),
      lateMs: Math.max(...loads.map(({ lateMs }) => lateMs)),
      unsent: sum(loads.map(({ unsent }) => unsent)),
      unsentBy: [...new Set(loads.flatMap(({ unsentBy }) => unsentBy))],
      cutOff: sum(loads.map(({ cutOff }) => cutOff)),
      threads: parts.length,
    },
    connections: {
      most: Math.max(...series.map(({ connections }) => connections)),
      reconnects: sum(parts.map(({ connections }) => connections.reconnects)),
      idleCuts: sum(parts.map(({ connections }) => connections.idleCuts)),
    },
  };
}

/** The same second of several threads. */
export function mergeSecond(parts: readonly PartSecond[]): Second {
  const latencies = mergeHistograms(parts.map(({ histogram }) => histogram));
  return {
    time: Math.max(...parts.map(({ time }) => time)),
    seconds: Math.max(...parts.map(({ seconds }) => seconds)),
    requests: sum(parts.map(({ requests }) => requests)),
    failed: sum(parts.map(({ failed }) => failed)),
    connections: sum(parts.map(({ connections }) => connections)),
    p50: percentile(latencies, 50),
    p95: percentile(latencies, 95),
    p99: percentile(latencies, 99),
  };
}

function mergeShare(name: string, users: number, parts: PartResult["shares"]): ShareResult {
  const latencies = mergeHistograms(parts.map(({ histogram }) => histogram));
  const failures = (kind: keyof Failures) => sum(parts.map((part) => part.failures[kind]));
  return {
    name,
    users,
    requests: sum(parts.map(({ requests }) => requests)),
    failures: {
      connections: failures("connections"),
      timeouts: failures("timeouts"),
      statuses: failures("statuses"),
      limited: failures("limited"),
      bodies: failures("bodies"),
    },
    errors: [...new Set(parts.flatMap(({ errors }) => errors))].slice(0, keptErrors),
    latency: latencyOf(latencies),
    histogram: encodeIntoCompressedBase64(latencies),
  };
}
