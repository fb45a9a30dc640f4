/** The middle value; the mean of the two middle ones where their number is even. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError("there is no median of no values");
  return (low + high) / 2;
}

/** How much a line through points grows from the first to the last, their mean, and how far they swing around that line (standard deviation). */
export function growth(points: readonly (readonly [number, number])[]): { grown: number; mean: number; swing: number } {
  const count = points.length;
  const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / count;
  const [times, values] = [points.map(([time]) => time), points.map(([, value]) => value)];
  const [middle, mean] = [meanOf(times), meanOf(values)];
  const spread = meanOf(times.map((time) => (time - middle) ** 2));
  const slope = spread === 0 ? 0 : meanOf(points.map(([time, value]) => (time - middle) * (value - mean))) / spread;
  const swing = Math.sqrt(meanOf(points.map(([time, value]) => (value - mean - slope * (time - middle)) ** 2)));
  return { grown: slope * ((times.at(-1) ?? 0) - (times[0] ?? 0)), mean, swing };
}
