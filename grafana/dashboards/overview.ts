import { type Dashboard, DashboardBuilder, RowBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { METRICS } from "../../service/src/metrics/catalogue.ts";
import { stat, timeseries } from "../panels.ts";

const requests = `${METRICS.httpDuration.name}_count`;
const durations = `${METRICS.httpDuration.name}_bucket`;

const quantile = (share: number) => `histogram_quantile(${share}, sum by (le) (rate(${durations}[$__rate_interval])))`;

/** The first board to look at: is the site well, and what is it doing. */
export const overview = (): Dashboard =>
  new DashboardBuilder("Overview")
    .uid("resume-overview")
    .description("Traffic, errors, latency and saturation of the whole stack.")
    .tags(["resume"])
    .refresh("5s")
    .time({ from: "now-15m", to: "now" })
    .readonly()
    .withRow(new RowBuilder("Now"))
    .withPanel(
      stat({
        title: "Replicas up",
        description: "Replicas of the service that Prometheus reaches.",
        unit: "short",
        queries: [{ expr: 'sum(up{job="resume"})', legend: "up" }],
      }),
    )
    .withPanel(
      stat({
        title: "Requests",
        description: "Requests that the replicas answer.",
        unit: "reqps",
        queries: [{ expr: `sum(rate(${requests}[$__rate_interval]))`, legend: "requests" }],
      }),
    )
    .withPanel(
      stat({
        title: "Success",
        description: "Share of the answers that are not a server error.",
        unit: "percentunit",
        queries: [
          {
            expr: `1 - (sum(rate(${requests}{status_class="5xx"}[$__rate_interval])) or vector(0)) / sum(rate(${requests}[$__rate_interval]))`,
            legend: "success",
          },
        ],
      }),
    )
    .withPanel(
      stat({
        title: "p95",
        description: "19 of 20 answers take no longer than this in the service.",
        unit: "s",
        queries: [{ expr: quantile(0.95), legend: "p95" }],
      }),
    )
    .withPanel(
      stat({
        title: "Connections",
        description: "Clients that are connected to nginx.",
        unit: "short",
        queries: [{ expr: "nginx_connections_active", legend: "connections" }],
      }),
    )
    .withPanel(
      stat({
        title: "Redis",
        description: "1 when Redis answers its exporter.",
        unit: "short",
        queries: [{ expr: "redis_up", legend: "up" }],
      }),
    )
    .withRow(new RowBuilder("Traffic"))
    .withPanel(
      timeseries({
        title: "Requests by route",
        description: "What the replicas answer, by route.",
        unit: "reqps",
        queries: [{ expr: `sum by (route) (rate(${requests}[$__rate_interval]))`, legend: "{{route}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Requests by class of status",
        description: "5xx are the server's failures.",
        unit: "reqps",
        queries: [{ expr: `sum by (status_class) (rate(${requests}[$__rate_interval]))`, legend: "{{status_class}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Response time",
        description: "Measured in the service.",
        unit: "s",
        queries: [
          { expr: quantile(0.5), legend: "p50" },
          { expr: quantile(0.95), legend: "p95" },
          { expr: quantile(0.99), legend: "p99" },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "nginx connections",
        description: "By what nginx does with them.",
        unit: "short",
        queries: [
          { expr: "nginx_connections_active", legend: "active" },
          { expr: "nginx_connections_waiting", legend: "waiting" },
          { expr: "nginx_connections_writing", legend: "writing" },
        ],
      }),
    )
    .withRow(new RowBuilder("Saturation"))
    .withPanel(
      timeseries({
        title: "CPU by replica",
        description: "Processors that each replica uses.",
        unit: "short",
        queries: [
          {
            expr: 'rate(process_cpu_seconds_total{job="resume"}[$__rate_interval])',
            legend: "{{instance}}",
          },
        ],
      }),
    )
    .withPanel(
      timeseries({
        title: "Memory by replica",
        description: "Resident memory of each replica's process.",
        unit: "bytes",
        queries: [{ expr: 'process_resident_memory_bytes{job="resume"}', legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Event loop delay",
        description: "99th percentile by replica: how long a ready callback waits.",
        unit: "s",
        queries: [{ expr: "nodejs_eventloop_lag_p99_seconds", legend: "{{instance}}" }],
      }),
    )
    .withPanel(
      timeseries({
        title: "Redis memory",
        description: "What Redis holds.",
        unit: "bytes",
        queries: [{ expr: "redis_memory_used_bytes", legend: "used" }],
      }),
    )
    .build();
