import { createRequire } from "node:module";
import type { Address } from "../address.ts";
import { runAlone } from "./run.ts";

/** Connections that stay open and each send the next request as soon as they are answered: the closed model. */
export interface Load {
  address: Address;
  connections: number;
  /** Whole seconds. */
  seconds: number;
}

/** Failed requests by cause. */
export interface Failures {
  connections: number;
  timeouts: number;
  /** Answers with another status than 2xx. */
  statuses: number;
  /** Answers with another body than the expected one. */
  bodies: number;
}

export interface LoadResult {
  /** Answers of any status that came within the time. */
  answers: number;
  /** The real duration. */
  seconds: number;
  failures: Failures;
  /** The first different failures, and what is wrong with the run as a whole. */
  errors: string[];
  /** Latencies of the requests whose bodies were compared: an HdrHistogram as in the load's results. */
  histogram: string;
}

/** A load generator. */
export interface LoadEngine {
  /** With its version. */
  name: string;
  run: (load: Load) => Promise<LoadResult>;
}

export function failed({ connections, timeouts, statuses, bodies }: Failures): number {
  return connections + timeouts + statuses + bodies;
}

/** Sound answers a second. */
export function throughput({
  answers,
  seconds,
  failures,
}: Pick<LoadResult, "answers" | "seconds" | "failures">): number {
  return (answers - failures.statuses - failures.bodies) / seconds;
}

const { version }: { version: string } = createRequire(import.meta.url)("undici/package.json");

export const undiciName = `undici ${version}`;

/**
 * undici, in worker threads: it makes the load of the scenarios, since it compares every body and names every failure. It
 * takes several times the CPU time of wrk. autocannon is left to the tests of infra/, which may not import benchmarks/.
 */
export const undiciEngine: LoadEngine = {
  name: undiciName,
  run: async ({ address, connections, seconds }) => {
    const all = { name: "all", address, users: connections };
    const { share, result } = await runAlone(all, { kind: "closed", seconds, everyMs: 0 });
    const { connections: cut, timeouts, statuses, limited, bodies } = share.failures;
    return {
      answers: share.requests - cut - timeouts,
      seconds: result.seconds,
      failures: { connections: cut, timeouts, statuses: statuses + limited, bodies },
      errors: share.errors,
      histogram: share.histogram,
    };
  },
};
