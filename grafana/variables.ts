import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { named } from "../prometheus/expressions.ts";
import { catalogue, probeRoutes } from "../service/src/metrics/catalogue.ts";
import { dataSourceReference } from "./provisioning.ts";

/** A multiple choice at the top of a board; all values by default. `pattern` finds a value in a result of the query. */
function choice(name: string, label: string, query: string, pattern = "") {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(dataSourceReference)
    .query({ query, refId: name })
    .definition(query)
    .regex(pattern)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".*")
    .current({ selected: true, text: ["All"], value: ["$__all"] });
}

const info = catalogue.buildInfo.name;

/** How long a replica that ended is still shown: one that restarts keeps its line. */
const shownAfterEnd = "1m";

/**
 * Which replicas have lines of their own. Every publish replaces all of them, so those that ended are shown on request only.
 * The value is the label that a series must share with a running replica; no series has the label `any`, so all match.
 */
const shown = "shown";
export const shownVariable = new CustomVariableBuilder(shown)
  .label("Replicas")
  .values("running : replica,all in this time : any")
  .current({ selected: true, text: "running", value: "replica" });

/** The choice of all replicas of a board's time range. */
export const allReplicas = { [shown]: "any" };

/**
 * A line by `replica`: for those that run at the end of the time range, or for all. A replica that comes back after a rollback has
 * a new address, and still one line.
 */
export function ofShown(expr: string) {
  return `max by (replica) (${expr}) and on ($${shown}) (last_over_time(${info}[${shownAfterEnd}] @ end()) or vector(1))`;
}

/** The replicas by name: that of the container, and of npm run logs -- --replica NAME. */
export const replicaVariable = choice(
  "replica",
  "Replica",
  `query_result(${ofShown(`last_over_time(${info}[$__range])`)})`,
  '/replica="([^"]+)"/',
);

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
