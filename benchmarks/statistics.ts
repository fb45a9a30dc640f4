import { linearRegression, linearRegressionLine, max, mean, min, sum, sumNthPowerDeviations } from "simple-statistics";

/** The values between the lower and the upper quartile. */
export interface InterquartileMean {
  /** Moved by no outlier, and closer to the centre of noisy values than the median. */
  mean: number;
  low: number;
  high: number;
}

/** A value at a quartile counts in part where a quarter of all is no whole number. @throws {RangeError} for no values */
export function interquartileMean(values: readonly number[]): InterquartileMean {
  const sorted = values.toSorted((a, b) => a - b);
  const quarter = sorted.length / 4;
  const [low, high] = [sorted[Math.floor(quarter)], sorted[Math.ceil(sorted.length - quarter) - 1]];
  if (low === undefined || high === undefined) {
    throw new RangeError("no values have no interquartile mean");
  }
  const weighted = sorted.map((value, index) => {
    const inside = Math.min(index + 1, sorted.length - quarter) - Math.max(index, quarter);
    return value * Math.max(0, inside);
  });
  return { mean: sum(weighted) / (2 * quarter), low, high };
}

/** A straight line through points: its rise from the first to the last, and the 99.9 % confidence interval of that. */
export interface Trend {
  rise: number;
  low: number;
  high: number;
  /** Of all values. */
  mean: number;
}

/** Fewer points are no trend. */
const fewestPoints = 10;

/** Below so many independent points Student's t is too wide to be of use. */
const fewestIndependent = 5;

/**
 * Least squares. Successive readings of a process are correlated, so the confidence interval counts n (1 - r) / (1 + r) of
 * them, with r the correlation of each residual with the next.
 *
 * @returns undefined for fewer than 10 points, or where all are at one time
 */
export function trendOf(points: readonly (readonly [number, number])[]): Trend | undefined {
  const n = points.length;
  if (n < fewestPoints) {
    return undefined;
  }
  // Milliseconds since 1970 squared would leave no digits for the rest.
  const start = min(points.map(([time]) => time));
  const shifted = points.map(([time, value]) => [time - start, value]);
  const times = shifted.map(([time = 0]) => time);
  const spread = sumNthPowerDeviations(times, 2);
  if (spread === 0) {
    return undefined;
  }
  const line = linearRegression(shifted);
  const valueAt = linearRegressionLine(line);
  const residuals = shifted.map(([time = 0, value = 0]) => value - valueAt(time));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const products = sum(residuals.slice(1).map((residual, index) => residual * (residuals[index] ?? 0)));
  const correlation = squares === 0 ? 0 : Math.min(Math.max(products / squares, 0), 0.99);
  const independent = Math.max((n * (1 - correlation)) / (1 + correlation), fewestIndependent);
  const error = Math.sqrt((squares / (n - 2) / spread) * (n / independent));
  const margin = quantile(independent - 2) * error;
  const span = max(times);
  return {
    rise: line.m * span,
    low: (line.m - margin) * span,
    high: (line.m + margin) * span,
    mean: mean(points.map(([, value]) => value)),
  };
}

/**
 * Student's t at 99.95 % for these degrees of freedom, which simple-statistics has not: its series around the normal
 * distribution, from 3 degrees on at most a twentieth too low. A run looks at some twenty trends: at the common 95 % every
 * other run would find growth where there is none.
 */
function quantile(freedom: number): number {
  const z = 3.29;
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return sum(terms.map((term, power) => term / freedom ** power));
}
