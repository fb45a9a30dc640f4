/** Numbers for people, in Grafana's units. */

function decimals(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) {
    return value.toFixed(0);
  }
  return Number(value.toPrecision(3)).toString();
}

const thousands = ["", " k", " M", " G"];
const binary = ["B", "KiB", "MiB", "GiB", "TiB"];

/** The value as a multiple of the largest of these steps that it reaches. */
function scaled(value: number, base: number, names: readonly string[]): string {
  let rest = value;
  let step = 0;
  while (Math.abs(rest) >= base && step < names.length - 1) {
    rest /= base;
    step++;
  }
  return `${decimals(rest)}${base === 1024 ? " " : ""}${names[step]}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) {
    return "0 s";
  }
  if (size < 0.001) {
    return `${decimals(value * 1e6)} µs`;
  }
  return size < 1 ? `${decimals(value * 1000)} ms` : `${decimals(value)} s`;
}

const perSecond: Record<string, string> = { reqps: "req/s", ops: "ops/s", cps: "/s" };

const binaryUnits = ["bytes", "binBps"];

/** Whether a unit's round numbers are powers of two. */
export function isBinary(unit: string): boolean {
  return binaryUnits.includes(unit);
}

/**
 * @param unit Grafana's id of one; an unknown one shows the bare number
 * @param digits of a share in percent, after the point
 */
export function format(value: number, unit: string, digits?: number): string {
  if (!Number.isFinite(value)) {
    return "none";
  }
  if (unit === "percentunit") {
    return `${digits === undefined ? Number((value * 100).toFixed(2)) : (value * 100).toFixed(digits)} %`;
  }
  if (unit === "s") {
    return seconds(value);
  }
  if (unit === "bytes") {
    return scaled(value, 1024, binary);
  }
  if (unit === "binBps") {
    return `${scaled(value, 1024, binary)}/s`;
  }
  const number = scaled(value, 1000, thousands);
  const suffix = perSecond[unit];
  return suffix === undefined ? number : `${number} ${suffix}`;
}
