import type { Dashboard, Panel, Threshold } from "@grafana/grafana-foundation-sdk/dashboard";
import { scrapeIntervalSeconds } from "../prometheus/config.ts";

/** A query of a panel with all variables expanded. */
export interface PanelQuery {
  expr: string;
  legend: string;
}

/** What a board's JSON says of one of its panels. */
export interface PanelView {
  kind: "row" | "stat" | "timeseries" | "heatmap" | "table";
  title: string;
  unit: string;
  /** Digits after the point, and where the axis ends, where the board says so. */
  decimals: number | undefined;
  max: number | undefined;
  stacked: boolean;
  thresholds: readonly Threshold[];
  /** Place in the board's grid, which has 24 columns. */
  place: { x: number; y: number; w: number; h: number };
  queries: readonly PanelQuery[];
}

/**
 * Reads a board as Grafana does: its panels in order, with all variables at their default but these.
 * @throws {Error} when a panel's kind or query is unknown
 */
export function panelsOf(dashboard: Dashboard, variables: Readonly<Record<string, string>> = {}): PanelView[] {
  const fill = fillIn(dashboard, variables);
  return (dashboard.panels ?? []).map((panel) => {
    const { type, title = "", gridPos } = panel;
    if (!isKind(type) || gridPos === undefined) {
      throw new Error(`the panel "${title}" is a ${type} without a place`);
    }
    const { x, y, w, h } = gridPos;
    const common = { kind: type, title, place: { x, y, w, h } };
    if (type === "row" || !("targets" in panel)) {
      return { ...common, unit: "", decimals: undefined, max: undefined, stacked: false, thresholds: [], queries: [] };
    }
    const defaults = panel.fieldConfig?.defaults;
    return {
      ...common,
      unit: defaults?.unit ?? unitOfYAxis(panel),
      decimals: defaults?.decimals,
      max: defaults?.max,
      stacked: defaults?.custom?.stacking?.mode === "normal",
      thresholds: defaults?.thresholds?.steps ?? [],
      queries: queriesOf(panel).map(({ expr, legend }) => ({ expr: fill(expr), legend })),
    };
  });
}

/** The queries of a board's annotations and variables. */
export function otherQueriesOf(dashboard: Dashboard): PanelQuery[] {
  const annotations = (dashboard.annotations.list ?? []).map(({ expr = "", titleFormat = "" }) => ({
    expr,
    legend: titleFormat,
  }));
  const asked = (dashboard.templating.list ?? []).filter(({ type }) => type === "query");
  const fill = fillIn(dashboard, {});
  const variables = asked.map(({ name, definition = "" }) => {
    const [, metric, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
    const [, result] = /^query_result\((.+)\)$/.exec(definition) ?? [];
    if (result !== undefined) {
      return { expr: fill(result), legend: `{{${name}}}` };
    }
    if (metric === undefined || label === undefined) {
      throw new Error(`the variable ${name} asks ${definition}`);
    }
    return { expr: `count by (${label}) (${metric})`, legend: `{{${label}}}` };
  });
  return [...annotations, ...variables];
}

/** The labels that a legend shows. */
export function labelsInLegend(legend: string): string[] {
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label);
}

/** A legend with a series' labels in it. */
export function legendOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? "");
}

const kinds = ["row", "stat", "timeseries", "heatmap", "table"] as const;
function isKind(type: string): type is PanelView["kind"] {
  return kinds.some((kind) => kind === type);
}

function unitOfYAxis({ options }: Panel): string {
  return String(options?.yAxis?.unit ?? "");
}

function queriesOf({ title, targets = [] }: Panel): PanelQuery[] {
  return targets.map((target) => {
    if (!("expr" in target) || typeof target.expr !== "string" || !("legendFormat" in target)) {
      throw new Error(`a query of the panel "${title}" has no expression or no legend`);
    }
    return { expr: target.expr, legend: String(target.legendFormat) };
  });
}

/** Grafana's own variables, as they are for a short time range. */
const globals = { __rate_interval: `${4 * scrapeIntervalSeconds}s`, __range: "15m" };

function fillIn(dashboard: Dashboard, variables: Readonly<Record<string, string>>): (expr: string) => string {
  const values = new Map(Object.entries(globals));
  for (const { name, allValue, current } of dashboard.templating.list ?? []) {
    const value = variables[name] ?? allValue ?? current?.value;
    if (typeof value === "string") {
      values.set(name, value);
    }
  }
  return (expr) =>
    expr.replaceAll(/\$(\w+)/g, (found, name: string) => {
      const value = values.get(name);
      if (value === undefined) {
        throw new Error(`nothing gives ${found} a value`);
      }
      return value;
    });
}
