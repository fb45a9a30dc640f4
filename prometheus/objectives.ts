/**
 * The service level objectives. The page target is the original's (home page below 200 ms), which alerts and dashboards
 * measure against; `seconds` must be a bucket of the service's histogram.
 */
export const objectives = {
  /** Share of visitors' requests that do not fail with a 5xx. */
  availability: 0.999,
  /** Share of the service's answers that take no longer than `seconds`. */
  latency: { share: 0.99, seconds: 0.2 },
  /** The time that the error budget is for. */
  periodDays: 30,
} as const;

/** The share of requests that may fail. */
export const errorBudget = decimal(1 - objectives.availability);

/** The share of answers that may be slow. */
export const slowBudget = decimal(1 - objectives.latency.share);

/** A burn of 1 uses up the budget in exactly its period. An alert wants both windows: the long one for weight, the short one to end soon. */
export const burns = {
  fast: [
    { factor: 14.4, long: "1h", short: "5m" },
    { factor: 6, long: "6h", short: "30m" },
  ],
  slow: [
    { factor: 3, long: "1d", short: "2h" },
    { factor: 1, long: "3d", short: "6h" },
  ],
} as const;

/** Rounds away binary fractions: 0.001, not 0.0010000000000000009. */
export function decimal(value: number): number {
  return Number(value.toPrecision(6));
}
