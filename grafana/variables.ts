import { QueryVariableBuilder, VariableRefresh, VariableSort } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "../service/src/metrics/catalogue.ts";
import { dataSourceReference } from "./provisioning.ts";

/** A choice at the top of a board: all by default, any number of them by hand. */
const choice = (name: string, label: string, query: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(dataSourceReference)
    .query({ query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: ["All"], value: ["$__all"] });

/** The replicas by address; the overview's table says which name each has. */
export const replicaVariable = choice("replica", "Replica", `label_values(${METRICS.buildInfo.name}, instance)`);

export const routeVariable = choice("route", "Route", `label_values(${METRICS.httpRequests.name}, route)`);

/** The chosen ones, as label matchers. */
export const ofReplica = 'instance=~"$replica"';
export const ofRoute = 'route=~"$route"';
