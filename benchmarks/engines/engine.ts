import type { Target } from "../target.ts";

/** Connections that stay open and each ask again as soon as they are answered: the closed loop. */
export interface Load {
  target: Target;
  connections: number;
  /** Whole seconds. */
  seconds: number;
}

/** What requests failed by. */
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
  /** What the run really took. */
  seconds: number;
  failures: Failures;
  /** What is wrong beside single requests, or what the first failed ones were. */
  troubles: string[];
  /** Latencies of the requests whose bodies were compared: an HdrHistogram as in the load's results. */
  histogram: string;
}

/** A program that makes load. */
export interface LoadEngine {
  /** With its version. */
  name: string;
  run: (load: Load) => Promise<LoadResult>;
}

export const failed = ({ connections, timeouts, statuses, bodies }: Failures): number =>
  connections + timeouts + statuses + bodies;

/** Sound answers a second. */
export const throughput = ({
  answers,
  seconds,
  failures,
}: Pick<LoadResult, "answers" | "seconds" | "failures">): number =>
  (answers - failures.statuses - failures.bodies) / seconds;
