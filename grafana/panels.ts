import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from "@grafana/grafana-foundation-sdk/heatmap";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { BytesIEC, BytesPerSecondIEC, PercentUnit, Seconds } from "@grafana/grafana-foundation-sdk/units";
import { dataSourceReference } from "./provisioning.ts";

/** One line, or one family of lines, of a panel. */
export interface Query {
  expr: string;
  /** Names a line: a text, or labels in double braces, which every returned series must have. */
  legend: string;
}

interface PanelFacts {
  title: string;
  /** What the panel shows, and what a bad value means. */
  description: string;
  /** Grafana's id of a unit; see the SDK's units. */
  unit: string;
  /** Where the value turns from green to orange and to red. */
  thresholds?: readonly Threshold[];
  /** Digits after the point; without it as many as Grafana finds fit. */
  decimals?: number;
  /** Where the axis ends; without it at the highest value. */
  max?: number;
  queries: readonly Query[];
}

/** Green, orange from `warn`, red from `bad`. */
export function lowIsGood(warn: number, bad: number): readonly Threshold[] {
  return [
    { value: null, color: "green" },
    { value: warn, color: "orange" },
    { value: bad, color: "red" },
  ];
}

/** Red, orange from `warn`, green from `good`. */
export function highIsGood(warn: number, good: number): readonly Threshold[] {
  return [
    { value: null, color: "red" },
    { value: warn, color: "orange" },
    { value: good, color: "green" },
  ];
}

const neutral: readonly Threshold[] = [{ value: null, color: "blue" }];

function absolute(steps: readonly Threshold[]) {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}

/** Grafana names a panel's queries by letters. */
function target({ expr, legend }: Query, index: number) {
  return new DataqueryBuilder()
    .refId(String.fromCharCode("A".charCodeAt(0) + index))
    .expr(expr)
    .legendFormat(legend)
    .datasource(dataSourceReference);
}

/** The lowest end of an axis, by unit: for lines that are all 0 Grafana's axis ends at 100, or 10,000 %. */
const softMaxOf: Readonly<Record<string, number>> = {
  [PercentUnit]: 0.01,
  [Seconds]: 0.001,
  [BytesIEC]: 1024 ** 2,
  [BytesPerSecondIEC]: 1024,
};

/** Lines over time; half the dashboard wide. */
export function timeseries({ title, description, unit, thresholds, max, queries }: PanelFacts) {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(dataSourceReference)
    .unit(unit)
    .min(0)
    .axisSoftMax(softMaxOf[unit] ?? 1)
    .fillOpacity(10)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(["lastNotNull", "max"]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .height(8)
    .span(12);
  if (max !== undefined) {
    panel.max(max);
  }
  if (thresholds) {
    panel
      .thresholds(absolute(thresholds))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  queries.forEach((query, index) => {
    panel.withTarget(target(query, index).range());
  });
  return panel;
}

/** Lines over time, one on top of the other: parts of a whole. */
export function stacked(facts: PanelFacts) {
  return timeseries(facts).fillOpacity(40).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** One number, as it stands now; `span` 24ths of the dashboard wide. */
export function stat({ title, description, unit, thresholds, decimals, queries }: PanelFacts, span = 4) {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(dataSourceReference)
    .unit(unit)
    .thresholds(absolute(thresholds ?? neutral))
    .colorMode(thresholds ? BigValueColorMode.Background : BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .height(4)
    .span(span);
  if (decimals !== undefined) {
    panel.decimals(decimals);
  }
  queries.forEach((query, index) => {
    panel.withTarget(target(query, index).instant());
  });
  return panel;
}

/** How many fell into each bucket of a histogram, over time. The query gives rates by `le`. */
export function heatmap({ title, description, unit, queries }: PanelFacts) {
  const panel = new HeatmapBuilder()
    .title(title)
    .description(description)
    .datasource(dataSourceReference)
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme("Oranges").exponent(0.5).steps(64))
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .height(8)
    .span(12);
  queries.forEach((query, index) => {
    panel.withTarget(target(query, index).format(PromQueryFormat.Heatmap).range());
  });
  return panel;
}

/** What there is right now, a line each; the columns are these labels, in this order. */
export function table(
  facts: Omit<PanelFacts, "unit" | "thresholds" | "queries"> & { expr: string },
  columns: readonly string[],
) {
  return new TableBuilder()
    .title(facts.title)
    .description(facts.description)
    .datasource(dataSourceReference)
    .withTarget(
      target({ expr: facts.expr, legend: columns.map((column) => `{{${column}}}`).join(" ") }, 0)
        .format(PromQueryFormat.Table)
        .instant(),
    )
    .withTransformation({
      id: "filterFieldsByName",
      options: { include: { names: [...columns] } },
    })
    .withTransformation({
      id: "organize",
      options: { indexByName: Object.fromEntries(columns.map((column, index) => [column, index])) },
    })
    .height(8)
    .span(12);
}
