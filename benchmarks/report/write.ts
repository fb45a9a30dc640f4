import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "../../grafana/pictures/html.ts";
import { type Page, screenshot } from "../../lib/screenshot.ts";
import { messageOf } from "../../lib/user-error.ts";
import type { BenchResult, ScenarioResult } from "../result.ts";
import { allCharts, latency, memoryInShort, throughput } from "./charts.ts";
import { reportPage } from "./html.ts";
import { overview } from "./overview.ts";
import { heights, margin, none, type Piece, page, width } from "./page.ts";

/** Writes the result as JSON; what was there stays whole until the new one is. @throws {Error} when the folder can't be written to */
export function writeResult(result: BenchResult, folder: string): void {
  const file = join(folder, "result.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(result)}\n`);
  renameSync(`${file}.new`, file);
}

/** Writes the report beside the result. @returns both files */
export function writeReport(result: BenchResult, folder: string): string[] {
  const html = join(folder, "report.html");
  writeFileSync(html, reportPage(result));
  return [join(folder, "result.json"), html];
}

/** Makes pictures where there is a browser. One that fails costs the picture only. @returns a line for each */
export async function writePictures(
  result: BenchResult,
  folder: string,
  chromium: string | undefined,
): Promise<string[]> {
  if (chromium === undefined) {
    return ["no pictures, as this machine has no Chromium"];
  }
  const lines: string[] = [];
  for (const [name, picture] of Object.entries({ summary: summaryPicture, charts: chartsPicture })) {
    const file = join(folder, `${name}.png`);
    try {
      await screenshot(chromium, picture(result), file);
      lines.push(file);
    } catch (error) {
      lines.push(`no ${name}.png: ${messageOf(error)}`);
    }
  }
  return lines;
}

/** Below the last part, and between rows of charts, in pixels. */
const space = { end: 30, row: 12, charts: 16 };

/** The run in short as a picture: the verdict, all scenarios, the largest crowd over time, references and memory. */
export function summaryPicture(result: BenchResult): Page {
  const crowd = largest(result, "closed");
  return picture(result, overview(result, crowd === undefined ? undefined : inShort(crowd)));
}

/** All charts of the largest crowd, and of the most readers at their own pace. */
export function chartsPicture(result: BenchResult): Page {
  return picture(
    result,
    [largest(result, "closed"), largest(result, "open")].flatMap((scenario) =>
      scenario === undefined ? [] : [titled(scenario.title, allCharts(scenario))],
    ),
  );
}

function picture(result: BenchResult, pieces: readonly Piece[]): Page {
  return {
    html: page(
      result,
      pieces.map(({ html }) => html),
    ),
    width: width + 2 * margin,
    height: pieces.reduce((total, { height }) => total + height, heights.head + space.end),
  };
}

/** The scenario of most users that has something to draw. */
function largest({ scenarios }: BenchResult, kind: ScenarioResult["kind"]): ScenarioResult | undefined {
  return scenarios
    .filter((scenario) => scenario.kind === kind && scenario.steps.some(({ result }) => result.series.length > 0))
    .toSorted((one, other) => other.users - one.users)[0];
}

function inShort(scenario: ScenarioResult): Piece {
  return titled(
    `${scenario.title}, over time`,
    [throughput, latency, memoryInShort].map((chart) => chart(scenario)).filter((chart) => chart !== none),
  );
}

function titled(title: string, charts: readonly Piece[]): Piece {
  const rows = Array.from({ length: Math.ceil(charts.length / 3) }, (_, row) => charts.slice(3 * row, 3 * row + 3));
  const high = rows.map((row) => Math.max(...row.map(({ height }) => height)) + space.row);
  return {
    html: `<h3>${escapeHtml(title)}</h3><div class="charts">${charts.map(({ html }) => html).join("")}</div>`,
    height: high.reduce((total, height) => total + height, heights.title + space.charts - space.row),
  };
}
