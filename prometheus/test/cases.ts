import { METRICS } from "../../service/src/metrics/catalogue.ts";
import { type AlertName, alertNames, burnWindows, failureRatio, recorded } from "../names.ts";
import { objectives } from "../objectives.ts";

/** A made-up course of some series, and how an alert must take it. */
export interface AlertCase {
  readonly alert: AlertName;
  readonly story: string;
  /** How far two samples are apart; the rules are evaluated as often. */
  readonly every: "5s" | "1m";
  /** Series and their values, as promtool writes them: `1x5 0x5` is six times 1, then six times 0. */
  readonly given: Readonly<Record<string, string>>;
  /** Times since the start, as Prometheus writes them, at which it must be quiet or fire. */
  readonly quiet: readonly string[];
  readonly fires: readonly string[];
  readonly resolved: readonly string[];
}

const build = (instance: string, version: string) =>
  `${METRICS.buildInfo.name}{job="resume",instance="${instance}",version="${version}"}`;
const up = (instance: string) => `up{job="resume",instance="${instance}"}`;
const answers = (status: string) => `${METRICS.httpRequests.name}{job="resume",route="/",status_class="${status}"}`;
const quick = `${METRICS.httpDuration.name}_bucket{job="resume",route="/",le="${objectives.latency.seconds}"}`;
const edge = 'nginx_http_requests_total{job="nginx"}';

export const alertCases: AlertCase[] = [
  {
    alert: alertNames.noReplica,
    story: "the last replica hangs, and comes back",
    every: "5s",
    given: { [up("a")]: "1x11 0x11 1x12" },
    quiet: ["55s", "1m5s"],
    fires: ["1m15s", "1m50s"],
    resolved: ["2m5s"],
  },
  {
    alert: alertNames.noReplica,
    story: "all replicas were killed: they are in no DNS, and so no targets any more",
    every: "5s",
    given: { [up("a")]: "1x11 stale _x10 1x12" },
    quiet: ["55s"],
    fires: ["1m15s"],
    resolved: ["2m5s"],
  },
  {
    alert: alertNames.replicaDown,
    story: "one of two is killed and is no target any more; later it is there again, with another address",
    every: "5s",
    given: { [build("a", "1")]: "1x60", [build("b", "1")]: "1x11 stale", [build("c", "1")]: "_x30 1x30" },
    quiet: ["55s", "1m5s"],
    fires: ["1m15s", "2m20s"],
    resolved: ["2m45s"],
  },
  {
    alert: alertNames.replicaDown,
    story: "nobody starts it again: after a while fewer are the new normal",
    every: "5s",
    given: { [build("a", "1")]: "1x240", [build("b", "1")]: "1x11 stale" },
    quiet: ["55s"],
    fires: ["1m15s", "15m"],
    resolved: ["16m30s"],
  },
  {
    alert: alertNames.replicaRestarted,
    story: "a replica starts anew at the same address",
    every: "5s",
    given: { 'process_start_time_seconds{job="resume",instance="a"}': "100x11 160x200" },
    quiet: ["55s"],
    fires: ["1m5s", "10m"],
    resolved: ["12m"],
  },
  {
    alert: alertNames.errorBudgetBurnsFast,
    story: "ten minutes in which one request of ten fails",
    every: "1m",
    given: { [edge]: "0+60x120", [answers("5xx")]: "0x10 0+6x10 60x100" },
    quiet: ["10m"],
    fires: ["14m", "20m"],
    resolved: ["1h5m"],
  },
  {
    alert: alertNames.errorBudgetBurnsSlowly,
    story: "half an hour in which four requests of a thousand fail",
    every: "1m",
    given: { [edge]: "0+60000x430", [answers("5xx")]: "0x10 0+240x30 7200x390" },
    quiet: ["10m"],
    fires: ["20m", "1h"],
    resolved: ["7h"],
  },
  {
    alert: alertNames.highLatency,
    story: "a quarter of an hour in which one answer of twenty is slow",
    every: "1m",
    given: { [answers("2xx")]: "0+60x60", [quick]: "0+60x10 657+57x14 1515+60x40" },
    quiet: ["10m", "15m"],
    fires: ["24m"],
    resolved: ["35m"],
  },
  {
    alert: alertNames.redisDown,
    story: "Redis is away for a minute",
    every: "5s",
    given: { 'redis_up{job="redis"}': "1x11 0x11 1x12" },
    quiet: ["55s", "1m10s"],
    fires: ["1m20s"],
    resolved: ["2m5s"],
  },
  {
    alert: alertNames.redisDown,
    story: "one replica alone can't reach it",
    every: "5s",
    given: {
      'redis_up{job="redis"}': "1x40",
      [`${METRICS.redisUp.name}{instance="a"}`]: "1x11 0x11 1x12",
      [`${METRICS.redisUp.name}{instance="b"}`]: "1x40",
    },
    quiet: ["55s"],
    fires: ["1m20s"],
    resolved: ["2m5s"],
  },
  {
    alert: alertNames.replicaMemoryNearLimit,
    story: "a replica grows to 95 % of its memory, and is replaced",
    every: "1m",
    given: {
      'process_resident_memory_bytes{job="resume",instance="a"}': "500x5 950x10 100x10",
      [`${METRICS.memoryLimit.name}{job="resume",instance="a"}`]: "1000x30",
    },
    quiet: ["5m", "9m"],
    fires: ["12m"],
    resolved: ["18m"],
  },
  {
    alert: alertNames.redisMemoryNearLimit,
    story: "Redis fills up, and is emptied",
    every: "1m",
    given: { redis_memory_used_bytes: "500x5 950x10 100x10", redis_memory_max_bytes: "1000x30" },
    quiet: ["5m", "9m"],
    fires: ["12m"],
    resolved: ["18m"],
  },
  {
    alert: alertNames.redisMemoryNearLimit,
    story: "Redis without a limit is never near it; with one it is, until it is emptied",
    every: "1m",
    given: { redis_memory_used_bytes: "950x25 1x10", redis_memory_max_bytes: "0x10 1000x30" },
    quiet: ["10m"],
    fires: ["20m"],
    resolved: ["30m"],
  },
  {
    alert: alertNames.nginxConnectionsNearLimit,
    story: "most of a worker's connections for two minutes",
    every: "5s",
    given: { 'nginx_connections_active{job="nginx"}': "100x11 15000x23 100x12" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
  },
  {
    alert: alertNames.scrapeMissing,
    story: "an exporter hangs",
    every: "5s",
    given: { 'up{job="nginx"}': "1x11 0x23 1x12", 'up{job="redis"}': "1x60", 'up{job="prometheus"}': "1x60" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
  },
  {
    alert: alertNames.scrapeMissing,
    story: "an exporter is gone",
    every: "5s",
    given: { 'up{job="nginx"}': "1x11 stale _x22 1x12", 'up{job="redis"}': "1x60", 'up{job="prometheus"}': "1x60" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
  },
  {
    alert: alertNames.prometheusDiskNearLimit,
    story: "95 % of the size for two hours, then old blocks go",
    every: "1m",
    given: {
      prometheus_tsdb_storage_blocks_bytes: "100x5 900x120 300x20",
      prometheus_tsdb_wal_storage_size_bytes: "40x200",
      prometheus_tsdb_head_chunks_storage_size_bytes: "10x200",
      prometheus_tsdb_retention_limit_bytes: "1000x200",
    },
    quiet: ["5m", "1h"],
    fires: ["1h20m"],
    resolved: ["2h10m"],
  },
  {
    alert: alertNames.prometheusDiskFails,
    story: "some writes fail",
    every: "1m",
    given: {
      prometheus_tsdb_wal_writes_failed_total: "0x5 3x30",
      prometheus_tsdb_compactions_failed_total: "0x40",
    },
    quiet: ["5m"],
    fires: ["8m"],
    resolved: ["20m"],
  },
];

/** Values that a recorded series or an alert must have at a time, beside what the cases of the alerts show. */
export interface ValueCase {
  readonly story: string;
  readonly every: "5s" | "1m";
  readonly given: Readonly<Record<string, string>>;
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
}

const firing = (alert: AlertName) => `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`;

export const valueCases: ValueCase[] = [
  {
    story: "a new version takes over: no replica is missed",
    every: "5s",
    given: {
      [build("a", "1")]: "1x20 stale",
      [build("b", "1")]: "1x20 stale",
      [build("c", "2")]: "_x15 1x60",
      [build("d", "2")]: "_x15 1x60",
    },
    at: "3m",
    values: { [firing(alertNames.replicaDown)]: 0, [`sum(${recorded.replicasOfVersion})`]: 2 },
  },
  {
    story: "one request of a hundred fails, nine of ten come from the cache",
    every: "1m",
    given: { [edge]: "0+6000x60", [answers("2xx")]: "0+540x60", [answers("5xx")]: "0+60x60" },
    at: "1h",
    values: {
      [recorded.edgeRequests5m]: 100,
      [`${recorded.availability} * 100`]: 99,
      ...Object.fromEntries(burnWindows.map((window) => [`${failureRatio(window)} * 100`, 1])),
      // Ten times the budget.
      [`round(${recorded.errorBudgetLeft}, 0.001)`]: -9,
    },
  },
  {
    story: "nine of ten requests come from the cache, in the last minute",
    every: "5s",
    given: { [edge]: "0+500x60", [answers("2xx")]: "0+50x60" },
    at: "5m",
    values: { [recorded.edgeRequests]: 100, [recorded.requests]: 10, [`${recorded.cacheHitRatio} * 10`]: 9 },
  },
  {
    story: "without any replica there is nothing to divide by, and no answer is slow",
    every: "5s",
    given: { [edge]: "0+5x60" },
    at: "5m",
    values: {
      [recorded.replicasUp]: 0,
      [recorded.requests]: 0,
      [recorded.availability]: 1,
      [`count(${recorded.slowRatio}) or vector(0)`]: 0,
    },
  },
];
