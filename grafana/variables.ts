import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { named } from "../prometheus/expressions.ts";
import { catalogue, probeRoutes } from "../service/src/metrics/catalogue.ts";
import { dataSourceReference } from "./provisioning.ts";

/** A multiple choice at the top of a board; all values by default. */
function choice(name: string, label: string, query: string) {
  return new QueryVariableBuilder(name)
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
}

/** The replicas by name: that of the container, and of npm run logs -- --replica NAME. */
export const replicaVariable = choice("replica", "Replica", `label_values(${catalogue.buildInfo.name}, replica)`);

export const routeVariable = choice("route", "Route", `label_values(${catalogue.httpRequests.name}, route)`);

const probes = probeRoutes.join("|");

/** Whether probes and scrapes count. They are most of a quiet site's requests, and not counted by default. */
export const probesVariable = new CustomVariableBuilder("without")
  .label("Probes")
  .values(`left out : ${probes},shown : none`)
  .current({ selected: true, text: "left out", value: probes });

/** The chosen ones, as label matchers. */
export const ofReplica = 'replica=~"$replica"';
export const ofRoute = 'route=~"$route",route!~"$without"';

/** Series of the chosen replicas, each with its replica's name. */
export function ofChosen(expr: string) {
  return named(expr, `{${ofReplica}}`);
}
