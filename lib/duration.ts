const secondsIn: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
const longestTtl = 365 * 86_400;

/** The seconds of `30s`, `10m`, `2h` or `7d`, up to a year; undefined for other texts. */
export function duration(text: string) {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsIn[unit ?? ""] ?? 0);
  return seconds >= 1 && seconds <= longestTtl ? seconds : undefined;
}
