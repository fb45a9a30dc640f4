import type { Range } from "../../prometheus/client.ts";
import { labelsInLegend } from "../model.ts";
import { colors, heatmapChart, type Line, lineChart, lineColor } from "./charts.ts";
import { format } from "./format.ts";
import { escapeHtml } from "./html.ts";
import { colorOf, type FilledBoard, type FilledPanel, thresholdColor } from "./read.ts";

/** Pixels of one of the grid's 24 columns, of one of its rows, and between two panels. */
const grid = { column: 60, row: 36, gap: 8 };
const titleHeight = 30;

const margin = 16;
const headHeight = 56;

/** How many lines a legend names at most, so that the picture has room; more than a few stand three beside one another. */
const legendLines = 24;
const fewLines = 8;
const legendRow = 17;

function legendColumns(lines: number) {
  return lines > fewLines ? 3 : 2;
}
function legendRows(lines: number) {
  return Math.ceil(Math.min(lines, legendLines) / legendColumns(lines));
}

/** A board as a page that needs nothing else, and its size in pixels. */
export function boardPage(board: FilledBoard, range: Range): { html: string; width: number; height: number } {
  const rows = Math.max(...board.panels.map(({ view: { place } }) => place.y + place.h));
  const width = 24 * grid.column + 2 * margin;
  const height = headHeight + rows * grid.row + 2 * margin;
  const panels = board.panels.map((panel) => renderPanel(panel, board, range)).join("\n");
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(board.title)}</title>
<style>
body { margin: 0; background: ${colors.page}; color: ${colors.text}; font: 13px sans-serif; }
header { height: ${headHeight}px; padding: ${margin}px ${margin}px 0; box-sizing: border-box; font-size: 18px; }
header small { color: ${colors.faint}; font-size: 13px; margin-left: 12px; }
main { position: relative; margin: 0 ${margin}px; }
section { position: absolute; box-sizing: border-box; background: ${colors.panel}; border: 1px solid ${colors.border}; border-radius: 3px; overflow: hidden; }
section.row { background: none; border: none; font-size: 15px; line-height: ${grid.row}px; }
h2 { margin: 0; padding: 0 10px; font-size: 13px; font-weight: 600; line-height: ${titleHeight}px; height: ${titleHeight}px; }
.stat { font-size: 22px; font-weight: 600; text-align: center; white-space: nowrap; line-height: ${4 * grid.row - grid.gap - titleHeight - 10}px; }
.filled { color: #fff; }
.none { color: ${colors.faint}; text-align: center; padding-top: 60px; }
.legend { column-gap: 24px; padding: 2px 12px; font-size: 11px; line-height: ${legendRow}px; }
.legend div { display: flex; gap: 8px; break-inside: avoid; }
.legend i { flex: none; width: 14px; height: 4px; border-radius: 2px; align-self: center; }
.legend span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.legend b { font-weight: normal; color: ${colors.faint}; }
table { border-collapse: collapse; width: 100%; font-size: 12px; }
th { color: #6e9fff; font-weight: 600; }
th, td { text-align: left; padding: 5px 10px; border-bottom: 1px solid ${colors.border}; max-width: 200px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
</style>
<header>Résumé stack / ${escapeHtml(board.title)}<small>${escapeHtml(board.description)}</small></header>
<main>
${panels}
</main>
</html>
`;
  return { html, width, height };
}

function renderPanel(panel: FilledPanel, board: FilledBoard, range: Range): string {
  const { view, lines } = panel;
  const { place, kind, title, unit } = view;
  const width = place.w * grid.column - grid.gap;
  const height = place.h * grid.row - grid.gap;
  const style = `left: ${place.x * grid.column}px; top: ${place.y * grid.row}px; width: ${width}px; height: ${height}px;`;
  if (kind === "row") {
    return `<section class="row" style="${style}">${escapeHtml(title)}</section>`;
  }

  const legendHeight = kind === "timeseries" ? legendRows(lines.length) * legendRow + 6 : 0;
  const chart = {
    width: width - 2,
    height: height - titleHeight - legendHeight - 2,
    unit,
    lines,
    from: range.from,
    to: range.to,
  };
  if (kind === "stat") {
    return renderStat(panel, style);
  }
  const content =
    kind === "table"
      ? renderTable(panel)
      : lines.length === 0
        ? `<div class="none">No data in this time</div>`
        : kind === "heatmap"
          ? heatmapChart(chart)
          : `${lineChart({
              ...chart,
              stacked: view.stacked,
              max: view.max,
              marks: board.marks,
              limits: view.thresholds.flatMap(({ value, color }) =>
                value === null ? [] : [{ value, color: colorOf(color) }],
              ),
            })}${renderLegend(lines, unit)}`;
  return `<section style="${style}"><h2>${escapeHtml(title)}</h2>${content}</section>`;
}

/** The lines with their last value. */
function renderLegend(lines: readonly Line[], unit: string): string {
  const rows = lines.map(({ name, points }, index) => {
    const last = points.at(-1)?.[1] ?? Number.NaN;
    return `<div><i style="background: ${lineColor(index)}"></i><span>${escapeHtml(name)}</span><b>${escapeHtml(format(last, unit))}</b></div>`;
  });
  const shown = rows.length > legendLines ? rows.slice(0, legendLines - 1) : rows;
  const more = rows.length > shown.length ? `<div><b>and ${rows.length - shown.length} more</b></div>` : "";
  return `<div class="legend" style="columns: ${legendColumns(rows.length)}">${shown.join("")}${more}</div>`;
}

function renderStat({ view, samples }: FilledPanel, style: string): string {
  const value = samples[0]?.value ?? Number.NaN;
  const color = thresholdColor(value, view.thresholds);
  const filled = view.thresholds.length > 1 && Number.isFinite(value);
  const [box, number] = filled ? [`background: ${color};`, ""] : ["", `color: ${color};`];
  const shown = escapeHtml(format(value, view.unit, view.decimals));
  return `<section class="${filled ? "filled" : ""}" style="${style} ${box}"><h2>${escapeHtml(view.title)}</h2><div class="stat" style="${number}">${shown}</div></section>`;
}

function renderTable({ view, samples }: FilledPanel): string {
  const columns = labelsInLegend(view.queries[0]?.legend ?? "");
  const cells = (tag: string, texts: string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join("")}</tr>`;
  const lines = samples.map(({ labels }) => columns.map((column) => labels[column] ?? "")).sort();
  return `<table>${cells("th", columns)}${lines.map((line) => cells("td", line)).join("")}</table>`;
}
