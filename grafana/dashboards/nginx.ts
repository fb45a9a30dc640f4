import { type Dashboard, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { CountsPerSecond, PercentUnit, RequestsPerSecond, Short } from "@grafana/grafana-foundation-sdk/units";
import { nearLimit } from "../../prometheus/alerts.ts";
import { exported } from "../../prometheus/exported.ts";
import { nginxUp } from "../../prometheus/expressions.ts";
import { recorded } from "../../prometheus/names.ts";
import { board } from "../board.ts";
import { highIsGood, lowIsGood, stacked, stat, timeseries } from "../panels.ts";
import { sumBy, sumRate } from "../promql.ts";

const { nginx: edge } = exported;

/** The edge: connections and cache. */
export function nginx(): Dashboard {
  return board("nginx", "Nginx", "The edge: requests, connections, and what its cache spares the replicas.")
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat(
        {
          title: "Up",
          description: "1 when nginx answers its exporter.",
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
          title: "Requests",
          description: "All that reach nginx.",
          unit: RequestsPerSecond,
          queries: [{ expr: recorded.edgeRequests, legend: "requests" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Cache hits",
          description:
            "Share of the requests that no replica had to answer; probes (/health, /ready) are left out. The stack's own questions to nginx count as answered, so a site without visitors shows 100 %.",
          unit: PercentUnit,
          queries: [{ expr: recorded.cacheHitRatio, legend: "cache" }],
        },
        6,
      ),
    )
    .withPanel(
      stat(
        {
          title: "Connections used",
          description:
            "Of all workers together. Near 100 % a single worker would be full; with several there is room yet.",
          unit: PercentUnit,
          thresholds: lowIsGood(nearLimit.connections / 2, nearLimit.connections),
          queries: [{ expr: recorded.nginxConnections, legend: "connections" }],
        },
        6,
      ),
    )
    .withRow(new RowBuilder("Over time"))
    .withPanel(
      timeseries({
        title: "Requests",
        description:
          "Visitors' requests at nginx, and of these at the replicas: the gap is what the cache spares them. Probes that came through nginx beside.",
        unit: RequestsPerSecond,
        queries: [
          { expr: recorded.edgeVisitors, legend: "nginx" },
          { expr: recorded.requests, legend: "replicas" },
          { expr: recorded.edgeProbes, legend: "probes" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Answered by the cache",
        description: "It drops when visitors have sessions, post, or ask for what is not cached.",
        unit: PercentUnit,
        max: 1,
        queries: [{ expr: recorded.cacheHitRatio, legend: "cache" }],
      }),
    )
    .withPanel(
      stacked({
        title: "Connections",
        description: "Waiting ones are kept open and idle; many reading ones are clients that send slowly.",
        unit: Short,
        queries: [
          { expr: sumBy(edge.waiting), legend: "waiting" },
          { expr: sumBy(edge.reading), legend: "reading" },
          { expr: sumBy(edge.writing), legend: "writing" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "New connections",
        description: "Accepted ones that were not handled were closed at once: a worker had as many as it may have.",
        unit: CountsPerSecond,
        queries: [
          { expr: sumRate(edge.accepted), legend: "accepted" },
          { expr: `${sumRate(edge.accepted)} - ${sumRate(edge.handled)}`, legend: "not handled" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Requests for each connection",
        description: "Near 1, clients do not keep their connections, which costs both sides.",
        unit: Short,
        queries: [{ expr: `${sumRate(edge.requests)} / (${sumRate(edge.accepted)} > 0)`, legend: "requests" }],
      }),
    )
    .build();
}
