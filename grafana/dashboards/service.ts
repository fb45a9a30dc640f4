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
import { METRICS } from "../../service/src/metrics/catalogue.ts";
import { board } from "../board.ts";
import { heatmap, highIsGood, lowIsGood, stacked, timeseries } from "../panels.ts";
import { mean, quantile, sumRate } from "../promql.ts";
import { ofReplica, ofRoute, replicaVariable, routeVariable } from "../variables.ts";

const durations = METRICS.httpDuration.name;
const answered = METRICS.httpRequests.name;
const chosen = `${resumeJob},${ofReplica},${ofRoute}`;
const replica = `${resumeJob},${ofReplica}`;
const slow = objectives.latency.seconds;

/** Which replica or route is it: the service's own figures, told apart. */
export const service = (): Dashboard =>
  board(
    "service",
    "Service",
    "Which replica, which route: requests, errors, latency, sessions, cache, messages, Redis as the service sees it.",
  )
    .withVariable(replicaVariable)
    .withVariable(routeVariable)
    .withRow(new RowBuilder("Requests"))
    .withPanel(
      timeseries({
        title: "Requests by replica",
        description: "Even lines are a well balanced load.",
        unit: RequestsPerSecond,
        queries: [{ expr: sumRate(`${answered}{${chosen}}`, "instance"), legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Requests by route",
        description: "What the chosen replicas answer.",
        unit: RequestsPerSecond,
        queries: [{ expr: sumRate(`${answered}{${chosen}}`, "route"), legend: "{{route}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Answers by method and class of status",
        description: "5xx are failures; many 4xx are a robot, or a link that leads nowhere.",
        unit: RequestsPerSecond,
        queries: [
          {
            expr: sumRate(`${answered}{${chosen}}`, "method", "status_class"),
            legend: "{{method}} {{status_class}}",
          },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Failures by replica",
        description:
          "Server errors (5xx). One replica alone is broken; all at once have something in common, mostly Redis.",
        unit: RequestsPerSecond,
        queries: [{ expr: sumRate(`${answered}{${chosen},status_class="5xx"}`, "instance"), legend: "{{instance}}" }],
      }),
    )
    .withRow(new RowBuilder("Latency"))
    .withPanel(
      timeseries({
        title: "p95 by replica",
        description: "19 of 20 answers take no longer.",
        unit: Seconds,
        thresholds: lowIsGood(slow, slow),
        queries: [{ expr: quantile(0.95, durations, chosen, "instance"), legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "p95 by route",
        description: "19 of 20 answers take no longer.",
        unit: Seconds,
        thresholds: lowIsGood(slow, slow),
        queries: [{ expr: quantile(0.95, durations, chosen, "route"), legend: "{{route}}" }],
      }),
    )
    .withPanel(
      heatmap({
        title: "Response times",
        description: "How many answers of the chosen replicas and routes took how long.",
        unit: Seconds,
        queries: [{ expr: sumRate(`${durations}_bucket{${chosen}}`, "le"), legend: "{{le}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Being answered",
        description:
          "Requests that each replica works on at this moment, the scrape itself among them. A line that climbs and stays is a replica that hangs.",
        unit: Short,
        queries: [{ expr: `${METRICS.httpInFlight.name}{${replica}}`, legend: "{{instance}}" }],
      }),
    )
    .withRow(new RowBuilder("Visitors"))
    .withPanel(
      timeseries({
        title: "Sessions",
        description:
          "By what became of them. Many forged ones are an attack; unavailable ones are a Redis that is away.",
        unit: OpsPerSecond,
        queries: [{ expr: sumRate(`${METRICS.sessions.name}{${replica}}`, "event"), legend: "{{event}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Contact forms",
        description: "By result; only stored ones can be read with npm run messages.",
        unit: OpsPerSecond,
        queries: [{ expr: sumRate(`${METRICS.messages.name}{${replica}}`, "result"), legend: "{{result}}" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Data cache",
        description: "Reads by result. Misses and bypasses cost time; hits, stale and shared ones do not.",
        unit: OpsPerSecond,
        queries: [{ expr: sumRate(`${METRICS.cacheRequests.name}{${replica}}`, "result"), legend: "{{result}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Clients that went away",
        description: "Before their answer was written, by route: mostly answers that took too long.",
        unit: CountsPerSecond,
        queries: [{ expr: sumRate(`${METRICS.httpAborted.name}{${replica}}`, "route"), legend: "{{route}}" }],
      }),
    )
    .withRow(new RowBuilder("Redis, as the service sees it"))
    .withPanel(
      timeseries({
        title: "Command time",
        description: "The mean of each command, the way there and back included.",
        unit: Seconds,
        queries: [{ expr: mean(METRICS.redisCommandDuration.name, replica, "command"), legend: "{{command}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Commands by result",
        description: "Errors are commands that Redis did not answer in time, or refused.",
        unit: OpsPerSecond,
        queries: [
          { expr: sumRate(`${METRICS.redisCommandDuration.name}_count{${replica}}`, "result"), legend: "{{result}}" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Reaches Redis",
        description: "1 when Redis answers the replica.",
        unit: Short,
        thresholds: highIsGood(1, 1),
        queries: [{ expr: `${METRICS.redisUp.name}{${replica}}`, legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Draining",
        description: "1 while a replica that was told to stop finishes what it has.",
        unit: Short,
        queries: [{ expr: `${METRICS.draining.name}{${replica}}`, legend: "{{instance}}" }],
      }),
    )
    .build();
