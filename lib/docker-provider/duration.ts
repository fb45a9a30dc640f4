/** Durations in Go's format, in which the official plugin reads and stores them. */

const unitNs: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** The nanoseconds of `1m30s`, `500ms`, `0s`; undefined for other texts. */
export function parseDuration(text: string): number | undefined {
  if (text === "0") {
    return 0;
  }
  if (!/^[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(text)) {
    return undefined;
  }
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  const sum = parts.reduce((total, [, amount, unit]) => total + Number(amount) * (unitNs[unit ?? ""] ?? 0), 0);
  return Math.round(text.startsWith("-") ? -sum : sum);
}

/** Nanoseconds in Go's format: `1m30s`, `1.5s`, `500ms`, `0s`. */
export function formatDuration(ns: number): string {
  if (ns === 0) {
    return "0s";
  }
  if (ns < 0) {
    return `-${formatDuration(-ns)}`;
  }
  if (ns < 1e9) {
    const [unit, size] = ns < 1e3 ? (["ns", 1] as const) : ns < 1e6 ? (["µs", 1e3] as const) : (["ms", 1e6] as const);
    return `${ns / size}${unit}`;
  }
  const hours = Math.floor(ns / 3600e9);
  const minutes = Math.floor((ns % 3600e9) / 60e9);
  const seconds = (ns % 60e9) / 1e9;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
