import { escapeHtml } from "../../grafana/pictures/html.ts";
import type { Page } from "../../lib/screenshot.ts";
import type { BenchResult, ScenarioResult } from "../result.ts";
import { allCharts, latency, memoryInShort, throughput } from "./charts.ts";
import { overview } from "./overview.ts";
import { heights, margin, none, type Piece, page, width } from "./page.ts";

/** Below the last part, and between rows of charts, in pixels. */
const space = { end: 30, row: 12, charts: 16 };

/** The run in short as a picture: the verdict, all scenarios, the largest crowd over time, references and memory. */
export function summaryPicture(result: BenchResult): Page {
  const crowd = largest(result, "closed");
  return picture(result, overview(result, crowd === undefined ? undefined : inShort(crowd)));
}

/** All charts of the largest crowd, and of the most readers at their own pace. */
export const chartsPicture = (result: BenchResult): Page =>
  picture(
    result,
    [largest(result, "closed"), largest(result, "paced")].flatMap((scenario) =>
      scenario === undefined ? [] : [titled(scenario.title, allCharts(scenario))],
    ),
  );

const picture = (result: BenchResult, pieces: readonly Piece[]): Page => ({
  html: page(
    result,
    pieces.map(({ html }) => html),
  ),
  width: width + 2 * margin,
  height: pieces.reduce((total, { height }) => total + height, heights.head + space.end),
});

/** The scenario of most users that has something to draw. */
const largest = ({ scenarios }: BenchResult, kind: ScenarioResult["kind"]): ScenarioResult | undefined =>
  scenarios
    .filter((scenario) => scenario.kind === kind && scenario.steps.some(({ result }) => result.series.length > 0))
    .toSorted((one, other) => other.users - one.users)[0];

const inShort = (scenario: ScenarioResult): Piece =>
  titled(
    `${scenario.title}, over time`,
    [throughput, latency, memoryInShort].map((chart) => chart(scenario)).filter((chart) => chart !== none),
  );

function titled(title: string, charts: readonly Piece[]): Piece {
  const rows = Array.from({ length: Math.ceil(charts.length / 3) }, (_, row) => charts.slice(3 * row, 3 * row + 3));
  const high = rows.map((row) => Math.max(...row.map(({ height }) => height)) + space.row);
  return {
    html: `<h3>${escapeHtml(title)}</h3><div class="charts">${charts.map(({ html }) => html).join("")}</div>`,
    height: high.reduce((total, height) => total + height, heights.title + space.charts - space.row),
  };
}
