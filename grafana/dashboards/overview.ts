import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
  BytesIEC,
  Milliseconds,
  PercentUnit,
  RequestsPerSecond,
  Seconds,
  Short,
} from "@grafana/grafana-foundation-sdk/units";
import { nearLimit } from "../../prometheus/alerts.ts";
import { exported } from "../../prometheus/exported.ts";
import { named, nginxUp, redisUp, replicasUp, resumeJob, visitors } from "../../prometheus/expressions.ts";
import { failureRatio, recorded, slowRatio } from "../../prometheus/names.ts";
import { burns, errorBudget, objectives, slowBudget } from "../../prometheus/objectives.ts";
import { catalogue } from "../../service/src/metrics/catalogue.ts";
import { board } from "../board.ts";
import { heatmap, highIsGood, lowIsGood, stacked, stat, table, timeseries } from "../panels.ts";
import { sumRate } from "../promql.ts";
import { ofShown, shownVariable } from "../variables.ts";

const durations = catalogue.httpDuration.name;
const { latency, availability } = objectives;
const quick = `${latency.seconds * 1000} ms`;

/** The firing alerts with their labels; one line in their place when there is none. */
const firing = [
  `label_join(${exported.alerts}{alertstate="firing"}, "about", " ", "version", "replica", "job", "instance")`,
  `or on () ${Object.entries({ alertname: "none", severity: "-", about: "-" }).reduce(
    (expr, [label, value]) => `label_replace(${expr}, "${label}", "${value}", "", "")`,
    "vector(0)",
  )}`,
].join(" ");

/** The versions that run at the end of the time range. */
const versionsNow = `last_over_time(${recorded.replicasOfVersion}[1m] @ end())`;

const pairs = [...burns.fast, ...burns.slow];

/** The first board to look at: is the site well, and if not, where to look next. */
export function overview(): Dashboard {
  return board(
    "overview",
    "Overview",
    "Is the site well, and why not: objectives, traffic, errors, latency, saturation, replicas.",
  )
    .withVariable(shownVariable)
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat(
        {
          title: "Availability",
          description: `Share of visitors' requests that did not fail in the last 5 minutes; 100 % also while nobody asks. The objective is ${availability * 100} %.`,
          unit: PercentUnit,
          decimals: 3,
          thresholds: highIsGood(0.99, availability),
          queries: [{ expr: recorded.availability, legend: "availability" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Error budget left",
          description: `Of what may fail in ${objectives.periodDays} days: 100 % is all of it, below 0 % the objective is missed.`,
          unit: PercentUnit,
          thresholds: highIsGood(0, 0.25),
          queries: [{ expr: recorded.errorBudgetLeft, legend: "left" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: `Within ${quick}`,
          description: `Share of the service's answers of the last 5 minutes that took no longer; 100 % also while nobody asks. The objective is ${latency.share * 100} %.`,
          unit: PercentUnit,
          decimals: 2,
          thresholds: highIsGood(latency.share - slowBudget, latency.share),
          queries: [{ expr: `1 - (${slowRatio("5m")} or vector(0))`, legend: "quick" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Alerts",
          description: "How many fire now.",
          unit: Short,
          thresholds: lowIsGood(1, 1),
          queries: [{ expr: `count(${exported.alerts}{alertstate="firing"}) or vector(0)`, legend: "firing" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Replicas up",
          description: "Replicas of the service that answer Prometheus.",
          unit: Short,
          thresholds: highIsGood(1, 2),
          queries: [{ expr: replicasUp, legend: "up" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "nginx",
          description: "1 when nginx answers its exporter. Without it visitors see nothing.",
          unit: Short,
          thresholds: highIsGood(1, 1),
          queries: [{ expr: nginxUp, legend: "up" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Redis",
          description: "1 when Redis answers its exporter. Without it the pages stay; nobody can send a message.",
          unit: Short,
          thresholds: highIsGood(1, 1),
          queries: [{ expr: redisUp, legend: "up" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Connections",
          description: "Clients that are connected to nginx.",
          unit: Short,
          queries: [{ expr: exported.nginx.active, legend: "connections" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Requests",
          description:
            "That reach nginx; what its cache answers is among them, and so are probes and the stack's own questions (about 0.6 a second).",
          unit: RequestsPerSecond,
          queries: [{ expr: recorded.edgeRequests, legend: "requests" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "p95",
          description: "19 of 20 answers of the service take no longer. What the cache answers is quicker still.",
          // Of a millisecond in seconds Grafana makes 1000 µs.
          unit: Milliseconds,
          decimals: 1,
          thresholds: lowIsGood((latency.seconds * 1000) / 2, latency.seconds * 1000),
          // NaN without requests.
          queries: [{ expr: `${recorded.p95} * 1000 >= 0`, legend: "p95" }],
        },
        6,
      ),
    )
    .withPanel(
      table(
        {
          title: "What fires",
          description: "The Alerts link at the top says what each means, and what to do.",
          expr: firing,
        },
        ["alertname", "severity", "about"],
      ).height(4),
    )
    .withRow(new RowBuilder("Objectives"))
    .withPanel(
      timeseries({
        title: "Burn of the error budget",
        description: `Failures as a multiple of what may fail, over the long windows of the alerts. At 1 the budget is used up in exactly ${objectives.periodDays} days; the alerts come at ${pairs.map(({ long, factor }) => `${factor} (${long})`).join(", ")}.`,
        unit: Short,
        thresholds: lowIsGood(1, Math.max(...pairs.map(({ factor }) => factor))),
        queries: pairs.map(({ long }) => ({ expr: `${failureRatio(long)} / ${errorBudget}`, legend: long })),
      }),
    )
    .withPanel(
      timeseries({
        title: `Slower than ${quick}`,
        description: `Share of the service's answers. ${slowBudget * 100} % may be; what nginx gave up on is among them.`,
        unit: PercentUnit,
        thresholds: lowIsGood(slowBudget, slowBudget),
        queries: [{ expr: slowRatio("5m"), legend: "slow" }],
      }),
    )
    .withRow(new RowBuilder("Traffic and errors"))
    .withPanel(
      timeseries({
        title: "Requests",
        description: "Visitors' at nginx, and of these at the replicas; the cache answers the rest.",
        unit: RequestsPerSecond,
        queries: [
          { expr: recorded.edgeVisitors, legend: "nginx" },
          { expr: recorded.requests, legend: "replicas" },
        ],
      }),
    )
    .withPanel(
      stacked({
        title: "Answers by class of status",
        description: "What the replicas answered visitors. 5xx are failures, 4xx the client's mistakes.",
        unit: RequestsPerSecond,
        queries: [{ expr: recorded.requestsByStatus, legend: "{{status_class}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Failures by route",
        description: "Server errors (5xx), and what nginx gave up on. npm run logs -- --route ROUTE tells of each.",
        unit: RequestsPerSecond,
        queries: [{ expr: sumRate(`${catalogue.httpFailures.name}{${visitors}}`, "route"), legend: "{{route}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Requests by route",
        description: "What the replicas answer, probes and scrapes included.",
        unit: RequestsPerSecond,
        queries: [{ expr: recorded.requestsByRoute, legend: "{{route}}" }],
      }),
    )
    .withRow(new RowBuilder("Latency"))
    .withPanel(
      timeseries({
        title: "Response time",
        description: `Measured in the service, for visitors' requests. ${latency.share * 100} % are promised within ${latency.seconds * 1000} ms.`,
        unit: Seconds,
        thresholds: lowIsGood(latency.seconds, latency.seconds),
        queries: [
          { expr: recorded.p50, legend: "p50" },
          { expr: recorded.p95, legend: "p95" },
          { expr: recorded.p99, legend: "p99" },
        ],
      }),
    )
    .withPanel(
      heatmap({
        title: "Response times",
        description: "How many answers took how long: two bands are two kinds of answers.",
        unit: Seconds,
        queries: [{ expr: sumRate(`${durations}_bucket{${visitors}}`, "le"), legend: "{{le}}" }],
      }),
    )
    .withRow(new RowBuilder("Saturation"))
    .withPanel(
      timeseries({
        title: "How near to its limit",
        description:
          "nginx' connections (of what one worker may have), Redis' memory, Prometheus' disk. An alert comes before it is full.",
        unit: PercentUnit,
        max: 1,
        thresholds: lowIsGood(nearLimit.connections, nearLimit.memory),
        queries: [
          { expr: recorded.nginxConnections, legend: "nginx connections" },
          { expr: recorded.redisMemory, legend: "Redis memory" },
          { expr: recorded.prometheusDisk, legend: "Prometheus disk" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Event loop of each replica",
        description:
          "Share of the time that it works. Near 100 % a replica can take no more: set resume:replicas to more.",
        unit: PercentUnit,
        max: 1,
        thresholds: lowIsGood(0.8, 0.95),
        queries: [{ expr: ofShown(recorded.eventLoopByReplica), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "CPU of each replica",
        description: "Processors that it uses.",
        unit: Short,
        queries: [{ expr: ofShown(recorded.cpuByReplica), legend: "{{replica}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Memory of each replica",
        description: "Resident memory of its process.",
        unit: BytesIEC,
        queries: [{ expr: ofShown(named(`${exported.process.residentBytes}{${resumeJob}}`)), legend: "{{replica}}" }],
      }),
    )
    .withRow(new RowBuilder("Replicas"))
    .withPanel(
      timeseries({
        title: "Replicas by version",
        description: "A rollout is one line that gives way to another. The blue lines name the earlier versions.",
        unit: Short,
        queries: [
          { expr: `${recorded.replicasOfVersion} and on (version) ${versionsNow}`, legend: "{{version}}" },
          {
            expr: `sum(${recorded.replicasOfVersion} unless on (version) ${versionsNow}) or vector(0)`,
            legend: "earlier versions",
          },
        ],
      }),
    )
    .withPanel(
      table(
        {
          title: "Which replica is where",
          description: "Names are those of the containers and of npm run logs -- --replica NAME.",
          expr: catalogue.buildInfo.name,
        },
        ["replica", "instance", "version", "node_version"],
      ),
    )
    .build();
}
