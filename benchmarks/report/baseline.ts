import type { BaselineRow } from "../baseline.ts";
import { table } from "./table.ts";

/** This run as multiples of an earlier one. */
export function baselineReport({ rows, machine }: { rows: readonly BaselineRow[]; machine: number }): string {
  return [
    "",
    `Against the baseline; the machine did ${machine.toFixed(2)} × of what it did then with the same file, which is taken out of requests/s`,
    table([
      ["scenario", "requests/s", "p95"],
      ...rows.map(({ name, perSecond, p95 }) => [name, `${perSecond.toFixed(2)} ×`, `${p95.toFixed(2)} ×`]),
    ]),
  ].join("\n");
}
