/**
 * The engine's NanoCPUs as the official plugin (5.2.0) prints them, which was recorded from it. It writes nine decimals.
 * If that text has exactly nine zeros, it rounds to one decimal, a half up; else it removes trailing zeros, not the point.
 * So 1 is `1.0`, 1.5 is `1.5`, 10 is `10.`, 10.05 is `10.1`.
 */
export function formatNanoCpus(nano: number): string {
  const text = `${Math.trunc(nano / 1e9)}.${String(nano % 1e9).padStart(9, "0")}`;
  if (text.replaceAll(/[^0]/g, "").length !== 9) {
    return text.replace(/0+$/, "");
  }
  const tenths = Math.floor(nano / 1e8 + 0.5);
  return `${Math.trunc(tenths / 10)}.${tenths % 10}`;
}
