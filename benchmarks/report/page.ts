import { colors } from "../../grafana/pictures/charts.ts";
import { escapeHtml } from "../../grafana/pictures/html.ts";
import { describeMachine } from "../machine.ts";
import { type BenchResult, verdictOf } from "../result.ts";
import { markOf } from "./format.ts";

/** Of a page's content, in pixels, and of the space on each side of it. */
export const width = 1240;
export const margin = 30;

/** Heights in pixels that pictures are laid out by. */
export const heights = { head: 96, row: 28, legend: 22, tallLegend: 54, title: 30 };

const green = "#73bf69";
const red = "#f2495c";
const amber = "#ff9830";

const verdictColor = { met: green, missed: red, stopped: amber } as const;

/** A part of a page, and how high it is in pixels. */
export interface Piece {
  html: string;
  height: number;
}

export const none: Piece = { html: "", height: 0 };

/** A row of a table; cells are HTML. */
export function row(tag: "th" | "td", cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
}

/** A table of texts, the first row of which is its head. */
export function textTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  return `<table>${row("th", head.map(escapeHtml))}${rows.map((cells) => row("td", cells.map(markedUp))).join("")}</table>`;
}

function markedUp(text: string): string {
  return text === markOf(true) ? mark(true) : text === markOf(false) ? mark(false) : escapeHtml(text);
}

export function mark(met: boolean | null): string {
  return `<span class="${met === null ? "missing" : met ? "met" : "missed"}">${markOf(met)}</span>`;
}

/** A page that needs nothing else: the verdict, the machine, and these parts. */
export function page(result: BenchResult, parts: readonly string[]): string {
  const { kind, sentence } = verdictOf(result);
  const { machine, load, startedAt } = result;
  const about = `${describeMachine(machine)}; load by ${load.engine} on the same machine; ${startedAt.slice(0, 16).replace("T", " ")} UTC`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Benchmark: ${escapeHtml(sentence)}</title>
<style>
body { margin: 0 auto; padding: 24px ${margin}px; max-width: ${width}px; background: ${colors.page}; color: ${colors.text}; font: 14px sans-serif; }
h1 { font-size: 24px; line-height: 30px; margin: 0 0 6px; } h1 b { color: ${verdictColor[kind]}; }
h2 { font-size: 18px; margin: 40px 0 8px; border-top: 1px solid ${colors.border}; padding-top: 18px; }
h3 { font-size: 13px; line-height: 18px; margin: 0; padding: 8px 12px 4px; box-sizing: border-box; height: ${heights.title}px; }
p { color: ${colors.faint}; margin: 4px 0 14px; } p.limit { color: ${amber}; line-height: 20px; margin: 0 0 10px; }
table { border-collapse: collapse; margin: 10px 0; }
th, td { text-align: right; padding: 0 7px; height: ${heights.row - 1}px; border-bottom: 1px solid ${colors.border}; white-space: nowrap; }
th { color: ${colors.faint}; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
table.overview { width: 100%; margin: 0 0 16px; } table.overview th b { color: ${colors.text}; }
.bar { display: inline-block; height: 10px; background: #5794f2; border-radius: 2px; margin-right: 8px; }
.met { color: ${green}; } .missed { color: ${red}; font-weight: 600; } .missing { color: ${amber}; }
.charts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; margin-bottom: 16px; }
.charts > div, .cards > div { background: ${colors.panel}; border: 1px solid ${colors.border}; border-radius: 3px; box-sizing: border-box; }
.legend { font-size: 11px; line-height: 16px; height: ${heights.legend}px; overflow: hidden; padding: 2px 12px; box-sizing: border-box; } .legend.tall { height: ${heights.tallLegend}px; }
.legend span { display: inline-block; margin-right: 12px; } .legend i { display: inline-block; width: 14px; height: 4px; margin-right: 5px; vertical-align: middle; }
.cards { display: flex; gap: 12px; margin-bottom: 16px; }
.cards > div { flex: 1; height: 92px; padding: 10px 12px; min-width: 0; font-size: 12px; line-height: 18px; color: ${colors.faint}; white-space: nowrap; overflow: hidden; }
.cards b { display: block; font-size: 24px; line-height: 32px; color: ${colors.text}; }
pre { white-space: pre-wrap; color: ${colors.faint}; }
@media (max-width: ${width + 2 * margin - 1}px) {
  .charts { grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); }
  .cards { flex-wrap: wrap; } .cards > div { flex: 1 1 240px; }
  table, table.overview { display: block; width: auto; overflow-x: auto; }
}
</style>
<h1>Benchmark: <b>${escapeHtml(sentence)}</b></h1>
<p>${escapeHtml(about)}</p>
${parts.join("\n")}
</html>
`;
}
