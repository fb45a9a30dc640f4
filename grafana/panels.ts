import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { dataSourceUid } from "./provisioning.ts";

/** One line, or one family of lines, of a panel. */
export interface Query {
  expr: string;
  legend: string;
}

interface PanelFacts {
  title: string;
  description: string;
  /** Grafana's id of a unit: reqps, s, percentunit, bytes, short. */
  unit: string;
  queries: readonly Query[];
}

const dataSource = { type: "prometheus", uid: dataSourceUid };

const target = ({ expr, legend }: Query) =>
  new DataqueryBuilder().expr(expr).legendFormat(legend).datasource(dataSource);

/** Lines over time; half the dashboard wide. */
export const timeseries = ({ title, description, unit, queries }: PanelFacts) => {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(dataSource)
    .unit(unit)
    .min(0)
    .fillOpacity(10)
    .height(8)
    .span(12);
  for (const query of queries) panel.withTarget(target(query));
  return panel;
};

/** One number, as it stands now; a sixth of the dashboard wide. */
export const stat = ({ title, description, unit, queries }: PanelFacts) => {
  const panel = new StatBuilder()
    .title(title)
    .description(description)
    .datasource(dataSource)
    .unit(unit)
    .height(4)
    .span(4);
  for (const query of queries) panel.withTarget(target(query).instant());
  return panel;
};
