/** Amounts as Kubernetes writes them: `500m`, `0.5`, `1Gi`, `1024Mi`. */
import type { Value } from "../lib/values.ts";

const decimalPowers: Record<string, number> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binaryPowers: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;
/** Digits after the decimal point that are kept: the API server keeps nine, more than that is no difference. */
const fractionDigits = 24;

/** The amount times 10^24, exact; undefined when the value is no amount. */
export function amountOf(value: Value | undefined): bigint | undefined {
  const found = typeof value === "number" || typeof value === "string" ? pattern.exec(String(value)) : null;
  const [, sign = "", whole = "", fraction = "", exponent = "", suffix = ""] = found ?? [];
  if (found === null || whole + fraction === "") {
    return undefined;
  }
  const shift = fractionDigits - fraction.length + (exponent === "" ? (decimalPowers[suffix] ?? 0) : Number(exponent));
  const digits = BigInt(whole + fraction);
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  const amount = scaled * 2n ** BigInt(binaryPowers[suffix] ?? 0);
  return sign === "-" ? -amount : amount;
}

/** The keys under which every value is an amount, and the keys whose own value is one. */
const mapsOfAmounts = new Set([
  "limits",
  "requests",
  "hard",
  "used",
  "capacity",
  "allocatable",
  "overhead",
  "podFixed",
  "default",
  "defaultRequest",
  "min",
  "max",
  "maxLimitRequestRatio",
]);
const amounts = new Set(["sizeLimit", "divisor", "averageValue"]);

/** Whether both values at a path are the same amount, written differently perhaps. */
export function isSameAmount(path: readonly (string | number)[], a: Value | undefined, b: Value | undefined): boolean {
  const [parent, key] = [path.at(-2), path.at(-1)];
  const isAmount =
    (typeof parent === "string" && mapsOfAmounts.has(parent)) ||
    (typeof key === "string" && amounts.has(key)) ||
    (parent === "target" && key === "value");
  const amount = isAmount ? amountOf(a) : undefined;
  return amount !== undefined && amount === amountOf(b);
}
