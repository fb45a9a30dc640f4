import { type Dashboard, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  CountsPerSecond,
  OpsPerSecond,
  RequestsPerSecond,
  Seconds,
  Short,
} from "@grafana/grafana-foundation-sdk/units";
import { resumeJob } from "../../prometheus/expressions.ts";
import { objectives } from "../../prometheus/objectives.ts";
import { catalogue } from "../../service/src/metrics/catalogue.ts";
import { board } from "../board.ts";
import { heatmap, highIsGood, lowIsGood, stacked, timeseries } from "../panels.ts";
import { rate, sumBy } from "../promql.ts";
import {
  ofChosen,
  ofRoute,
  ofShown,
  probesVariable,
  replicaVariable,
  routeVariable,
  shownVariable,
} from "../variables.ts";

const durations = catalogue.httpDuration.name;
const slow = objectives.latency.seconds;

/** Change of a counter of the chosen replicas a second, added up by these labels. */
function ofReplicas(counter: string, ...labels: string[]) {
  return sumBy(ofChosen(rate(`${counter}{${resumeJob}}`)), ...labels);
}

/** The same of the chosen routes only. */
function ofRoutes(counter: string, ...labels: string[]) {
  return sumBy(ofChosen(rate(`${counter}{${resumeJob},${ofRoute}}`)), ...labels);
}

/** The 95th percentile. */
function p95(buckets: string) {
  return `histogram_quantile(0.95, ${buckets})`;
}

/** Which replica or route is it: the service's own figures, told apart. */
export function service(): Dashboard {
  return board(
    "service",
    "Service",
    "Which replica, which route: requests, errors, latency, sessions, cache, messages, Redis as the service sees it.",
  )
    .withVariable(shownVariable)
    .withVariable(replicaVariable)
    .withVariable(routeVariable)
    .withVariable(probesVariable)
    .withRow(new RowBuilder("Requests"))
    .withPanel(
      timeseries({
        title: "Requests by replica",
        description: "Even lines are a well balanced load.",
        unit: RequestsPerSecond,
        queries: [{ expr: ofShown(ofRoutes(catalogue.httpRequests.name, "replica")), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Requests by route",
        description: "What the chosen replicas answer.",
        unit: RequestsPerSecond,
        queries: [{ expr: ofRoutes(catalogue.httpRequests.name, "route"), legend: "{{route}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Answers by method and class of status",
        description: "5xx are failures; many 4xx are a robot, or a link that leads nowhere.",
        unit: RequestsPerSecond,
        queries: [
          {
            expr: ofRoutes(catalogue.httpRequests.name, "method", "status_class"),
            legend: "{{method}} {{status_class}}",
          },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Failures by replica",
        description:
          "Server errors (5xx), and what nginx gave up on. One replica alone is broken; all at once have something in common, mostly Redis.",
        unit: RequestsPerSecond,
        queries: [{ expr: ofShown(ofRoutes(catalogue.httpFailures.name, "replica")), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Refused",
        description:
          "Malformed requests, by the status they were rejected with. They are in no other panel. Many are an attack or a broken client.",
        unit: RequestsPerSecond,
        queries: [{ expr: ofReplicas(catalogue.httpRefused.name, "status"), legend: "{{status}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Being answered",
        description:
          "Requests that each replica works on at this moment, the scrape itself among them. A line that climbs and stays is a replica that hangs.",
        unit: Short,
        queries: [{ expr: ofShown(ofChosen(catalogue.httpInFlight.name)), legend: "{{replica}}" }],
      }),
    )
    .withRow(new RowBuilder("Latency"))
    .withPanel(
      timeseries({
        title: "p95 by replica",
        description: "19 of 20 answers take no longer.",
        unit: Seconds,
        thresholds: lowIsGood(slow, slow),
        queries: [{ expr: ofShown(p95(ofRoutes(`${durations}_bucket`, "le", "replica"))), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "p95 by route",
        description: "19 of 20 answers take no longer.",
        unit: Seconds,
        thresholds: lowIsGood(slow, slow),
        queries: [{ expr: p95(ofRoutes(`${durations}_bucket`, "le", "route")), legend: "{{route}}" }],
      }),
    )
    .withPanel(
      heatmap({
        title: "Response times",
        description: "How many answers of the chosen replicas and routes took how long.",
        unit: Seconds,
        queries: [{ expr: ofRoutes(`${durations}_bucket`, "le"), legend: "{{le}}" }],
      }).span(24),
    )
    .withRow(new RowBuilder("Visitors"))
    .withPanel(
      timeseries({
        title: "Sessions",
        description:
          "By what became of them. Many forged ones are an attack; unavailable ones are a Redis that is away.",
        unit: OpsPerSecond,
        queries: [{ expr: ofReplicas(catalogue.sessions.name, "event"), legend: "{{event}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Contact forms",
        description: "By result; only stored ones can be read with npm run messages.",
        unit: OpsPerSecond,
        queries: [{ expr: ofReplicas(catalogue.messages.name, "result"), legend: "{{result}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Data cache",
        description: "Reads by result. Misses and bypasses cost time; hits, stale and shared ones do not.",
        unit: OpsPerSecond,
        queries: [{ expr: ofReplicas(catalogue.cacheRequests.name, "result"), legend: "{{result}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Clients that went away",
        description: "Before their answer was written, by route: mostly answers that took too long.",
        unit: CountsPerSecond,
        queries: [{ expr: ofReplicas(catalogue.httpAborted.name, "route"), legend: "{{route}}" }],
      }),
    )
    .withRow(new RowBuilder("Redis, as the service sees it"))
    .withPanel(
      timeseries({
        title: "Command time, p95",
        description: "19 of 20 commands take no longer, the way there and back included.",
        unit: Seconds,
        queries: [
          {
            expr: p95(ofReplicas(`${catalogue.redisCommandDuration.name}_bucket`, "le", "command")),
            legend: "{{command}}",
          },
        ],
      }).span(24),
    )
    .withPanel(
      timeseries({
        title: "Commands by result",
        description: "Errors are commands that Redis did not answer in time, or refused.",
        unit: OpsPerSecond,
        queries: [{ expr: ofReplicas(`${catalogue.redisCommandDuration.name}_count`, "result"), legend: "{{result}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Reaches Redis",
        description: "1 when Redis answers the replica.",
        unit: Short,
        thresholds: highIsGood(1, 1),
        queries: [{ expr: ofShown(ofChosen(catalogue.redisUp.name)), legend: "{{replica}}" }],
      }),
    )
    .build();
}
