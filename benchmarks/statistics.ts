export const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The middle value; the mean of the two middle ones where their number is even. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError("there is no median of no values");
  return (low + high) / 2;
}

/** The half of these values that lies in the middle. */
export interface MiddleHalf {
  /**
   * Its mean: where all values are noisy, nearer to what they scatter around than their median is, and no outlier moves it.
   */
  mean: number;
  low: number;
  high: number;
}

/** A value that only half belongs to it, because a quarter of all is no whole number, counts for so much. @throws RangeError for no values */
export function middleHalf(values: readonly number[]): MiddleHalf {
  const sorted = values.toSorted((a, b) => a - b);
  const quarter = sorted.length / 4;
  const [low, high] = [sorted[Math.floor(quarter)], sorted[Math.ceil(sorted.length - quarter) - 1]];
  if (low === undefined || high === undefined) throw new RangeError("no values have no middle half");
  const inside = (index: number) =>
    Math.max(0, Math.min(index + 1, sorted.length - quarter) - Math.max(index, quarter));
  const sum = sorted.reduce((total, value, index) => total + value * inside(index), 0);
  return { mean: sum / (2 * quarter), low, high };
}
