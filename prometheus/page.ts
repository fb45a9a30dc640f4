import { markdownTable } from "../lib/generated-table.ts";
import { alerts } from "./alerts.ts";
import { alertNames } from "./names.ts";
import { burns, decimal, errorBudget, objectives, slowBudget } from "./objectives.ts";

/** The runbook's table in docs/alerts.md: a row for each alert. */
export function alertsTable(): string {
  const rows = alerts({ jobs: [] }).map(({ name, severity, summary, action }) => [
    `\`${name}\``,
    severity,
    summary,
    action,
  ]);
  return markdownTable(["alert", "severity", "means", "first thing to do"], rows);
}

/** The table of objectives in docs/alerts.md. */
export function objectivesTable(): string {
  const { availability, latency, periodDays } = objectives;
  const over = `over ${periodDays} days`;
  const code = (name: string) => `\`${name}\``;
  return markdownTable(
    ["objective", "promise", "budget", "its alerts"],
    [
      [
        "availability",
        `${percent(availability)} of requests do not fail ${over}`,
        percent(errorBudget),
        `${code(alertNames.errorBudgetBurnsFast)}, ${code(alertNames.errorBudgetBurnsSlowly)}`,
      ],
      [
        "latency",
        `${percent(latency.share)} of the service's answers take no longer than ${latency.seconds * 1000} ms ${over}`,
        percent(slowBudget),
        code(alertNames.highLatency),
      ],
    ],
  );
}

/** The table of burn rates in docs/alerts.md. */
export function burnsTable(): string {
  const rows = Object.entries(burns).flatMap(([speed, pairs]) =>
    pairs.map(({ factor, long, short }) => [speed, String(factor), long, short]),
  );
  return markdownTable(["burns", "rate above", "in the last", "and in the last"], rows);
}

function percent(share: number): string {
  return `${decimal(share * 100)} %`;
}
