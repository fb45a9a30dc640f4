/** A straight line through points: how much the value rises over all of them, and between what that lies with 99.9 %. */
export interface Trend {
  rise: number;
  low: number;
  high: number;
  /** The mean of all values. */
  mean: number;
}

/** Fewer points than this say nothing of a trend. */
const fewest = 10;

/** As many count as independent in any case: of less, no table says anything of use. */
const fewestIndependent = 5;

/**
 * Least squares. Successive readings of a process depend on one another (a heap climbs for minutes until it is
 * collected), so the interval counts only as many of them as are independent: n (1 - r) / (1 + r), with r the
 * correlation of each residual with the next.
 *
 * @returns undefined for fewer than 10 points, or where all are at one time
 */
export function trendOf(points: readonly (readonly [number, number])[]): Trend | undefined {
  const n = points.length;
  if (n < fewest) return undefined;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const sum = (term: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0);
  const spread = sum((x) => x * x);
  if (spread === 0) return undefined;
  const slope = sum((x, y) => x * y) / spread;
  const residuals = points.map(([x, y]) => y - meanY - slope * (x - meanX));
  const squares = residuals.reduce((total, residual) => total + residual ** 2, 0);
  const products = residuals.slice(1).reduce((total, residual, index) => total + residual * (residuals[index] ?? 0), 0);
  const correlation = squares === 0 ? 0 : Math.min(Math.max(products / squares, 0), 0.99);
  const independent = Math.max((n * (1 - correlation)) / (1 + correlation), fewestIndependent);
  const error = Math.sqrt(squares / (n - 2) / spread) * Math.sqrt(n / independent);
  const times = points.map(([x]) => x);
  const span = Math.max(...times) - Math.min(...times);
  const margin = quantile(independent - 2) * error;
  return { rise: slope * span, low: (slope - margin) * span, high: (slope + margin) * span, mean: meanY };
}

/**
 * Student's t at 99.95 % for these degrees of freedom, by its series around the normal distribution: at most a twentieth below
 * the table from 3 on. Some thirty trends are looked at in a run: with the usual 95 %, every other run would find growth
 * where there is none.
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
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}
