import type { Dashboard, Threshold } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PrometheusClient, Range, Sample } from "../../prometheus/client.ts";
import { legendOf, otherQueriesOf, type PanelView, panelsOf } from "../model.ts";
import type { Line, Mark } from "./charts.ts";

/** A panel with what Prometheus has for it. */
export interface FilledPanel {
  view: PanelView;
  lines: Line[];
  samples: Sample[];
}

export interface FilledBoard {
  title: string;
  description: string;
  panels: FilledPanel[];
  marks: Mark[];
}

/** What answers queries. */
type Asked = Pick<PrometheusClient, "query" | "queryRange">;

/**
 * Asks Prometheus for all that a board shows, with these values of its variables.
 * @throws {Error} when Prometheus refuses a query
 */
export async function fillBoard(
  dashboard: Dashboard,
  prometheus: Asked,
  range: Range,
  variables: Readonly<Record<string, string>> = {},
): Promise<FilledBoard> {
  const panels: FilledPanel[] = [];
  for (const view of panelsOf(dashboard, variables)) {
    panels.push(await fillPanel(view, prometheus, range));
  }
  const { title = "", description = "" } = dashboard;
  return { title, description, panels, marks: await marksOf(dashboard, prometheus, range) };
}

async function fillPanel(view: PanelView, prometheus: Asked, range: Range): Promise<FilledPanel> {
  const lines: Line[] = [];
  const samples: Sample[] = [];
  for (const { expr, legend } of view.queries) {
    if (view.kind === "stat" || view.kind === "table") {
      samples.push(...(await prometheus.query(expr)));
    } else {
      const series = await prometheus.queryRange(expr, range);
      lines.push(
        ...series.map(({ labels, points }) => ({
          name: legendOf(legend, labels),
          points: onEveryTime(points, range, view.stacked ? 0 : Number.NaN),
        })),
      );
    }
  }
  return {
    view,
    lines: lines.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true })),
    samples,
  };
}

/** Points for all times of the range: a gap stays one, and in a stack it is nothing on top of the others. */
function onEveryTime(points: Line["points"], { from, to, stepSeconds }: Range, missing: number): Line["points"] {
  const values = new Map(points);
  const count = Math.floor((to - from) / 1000 / stepSeconds) + 1;
  return Array.from({ length: count }, (_, index) => {
    const time = from + index * stepSeconds * 1000;
    const value = values.get(time) ?? missing;
    return [time, Number.isFinite(value) ? value : missing];
  });
}

/** Where each annotation begins. What was there at the range's start began earlier. */
async function marksOf(dashboard: Dashboard, prometheus: Asked, range: Range): Promise<Mark[]> {
  const colors = (dashboard.annotations.list ?? []).map(({ iconColor }) => iconColor);
  const marks: Mark[] = [];
  for (const [index, { expr, legend }] of otherQueriesOf(dashboard).slice(0, colors.length).entries()) {
    for (const { labels, points } of await prometheus.queryRange(expr, range)) {
      const time = points[0]?.[0];
      if (time === undefined || time <= range.from) {
        continue;
      }
      // A version is a long hash; its beginning tells it from another.
      const name = legendOf(legend, { ...labels, version: (labels.version ?? "").slice(0, 8) });
      marks.push({ time, name, color: colorOf(colors[index] ?? "") });
    }
  }
  return marks;
}

const palette: Record<string, string> = {
  green: "#56a64b",
  orange: "#ff780a",
  red: "#e02f44",
  blue: "#3274d9",
};

/** Grafana's named colours. */
export function colorOf(name: string): string {
  return palette[name] ?? name;
}

/** The colour that a value has by a panel's thresholds. */
export function thresholdColor(value: number, thresholds: readonly Threshold[]): string {
  return colorOf(thresholds.findLast(({ value: from }) => from === null || value >= from)?.color ?? "blue");
}
