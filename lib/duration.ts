const secondsIn: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
const longestTtl = 365 * 86_400;

/** Seconds of a whole number with s, m, h or d; undefined for anything else. */
export function duration(text: string) {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsIn[unit ?? ""] ?? 0);
  return seconds >= 1 && seconds <= longestTtl ? seconds : undefined;
}
