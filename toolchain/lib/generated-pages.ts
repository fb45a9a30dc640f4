import { readFileSync } from "node:fs";
import { join } from "node:path";
import { configTable } from "../../infra/config/page.ts";
import { type GeneratedTable, insertTable } from "../../lib/generated-table.ts";
import { projectRoot } from "../../lib/paths.ts";
import { alertsTable, burnsTable, objectivesTable } from "../../prometheus/page.ts";

interface GeneratedPage {
  /** The path in the project. */
  readonly path: string;
  readonly tables: readonly GeneratedTable[];
}

/** The pages that hold generated tables. */
export const generatedPages: readonly GeneratedPage[] = [
  { path: "docs/config.md", tables: [{ name: "config", text: configTable() }] },
  {
    path: "docs/alerts.md",
    tables: [
      { name: "objectives", text: objectivesTable() },
      { name: "burns", text: burnsTable() },
      { name: "alerts", text: alertsTable() },
    ],
  },
];

/** The text of a page now, and with its tables renewed. */
export function renderPage({ path, tables }: GeneratedPage): { current: string; renewed: string } {
  const current = readFileSync(join(projectRoot, path), "utf8");
  return { current, renewed: tables.reduce(insertTable, current) };
}
