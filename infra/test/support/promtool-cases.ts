import { allReplicas, ofShown } from "../../../grafana/variables.ts";
import { deployments } from "../../../prometheus/expressions.ts";
import {
  type AlertName,
  alertNames,
  burnWindows,
  failureRatio,
  recorded,
  slowRatio,
} from "../../../prometheus/names.ts";
import { objectives } from "../../../prometheus/objectives.ts";
import { catalogue } from "../../../service/src/metrics/catalogue.ts";

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
  /** What it tells when it first fires: the labels that it has beside its severity, and its description. */
  readonly notification: { readonly labels: Readonly<Record<string, string>>; readonly description: string };
}

const build = (instance: string, version: string, replica = instance, container = `container-${replica}`) =>
  `${catalogue.buildInfo.name}{job="resume",instance="${instance}",replica="${replica}",version="${version}",container="${container}"}`;
const up = (instance: string) => `up{job="resume",instance="${instance}"}`;
const itself = 'up{job="prometheus"}';
const started = (instance: string) => `process_start_time_seconds{job="resume",instance="${instance}"}`;
const answers = (status: string, route = "/") =>
  `${catalogue.httpRequests.name}{job="resume",route="${route}",status_class="${status}"}`;
const quick = `${catalogue.httpDuration.name}_bucket{job="resume",route="/",le="${objectives.latency.seconds}"}`;
const failures = `${catalogue.httpFailures.name}{job="resume",route="/"}`;
const edge = 'nginx_http_requests_total{job="nginx"}';
const nginxUp = 'nginx_up{job="nginx",instance="x"}';
const redisUp = 'redis_up{job="redis"}';
const memory = 'process_resident_memory_bytes{job="resume",instance="a"}';
const heap = 'nodejs_heap_size_used_bytes{job="resume",instance="a"}';
const heapLimit = `${catalogue.heapLimit.name}{job="resume",instance="a"}`;
const memoryLimit = `${catalogue.memoryLimit.name}{job="resume",instance="a"}`;

/** What Prometheus' disk holds, of a thousand that it may. */
const disk = (blocks: string) => ({
  prometheus_tsdb_storage_blocks_bytes: blocks,
  prometheus_tsdb_wal_storage_size_bytes: "40x200",
  prometheus_tsdb_head_chunks_storage_size_bytes: "10x200",
  prometheus_tsdb_retention_limit_bytes: "1000x200",
});

export const alertCases: AlertCase[] = [
  {
    alert: alertNames.noReplica,
    story: "the last replica hangs, and comes back",
    every: "5s",
    given: { [itself]: "1x60", [up("a")]: "1x11 0x11 1x12" },
    quiet: ["55s", "1m5s"],
    fires: ["1m15s", "1m50s"],
    resolved: ["2m5s"],
    notification: {
      labels: {},
      description: "Replicas that answer: 0. nginx serves the copies that it has.",
    },
  },
  {
    alert: alertNames.noReplica,
    story: "all replicas were killed: they are in no DNS, and so no targets any more",
    every: "5s",
    given: { [itself]: "1x60", [up("a")]: "1x11 stale _x10 1x12" },
    quiet: ["55s"],
    fires: ["1m15s"],
    resolved: ["2m5s"],
    notification: {
      labels: {},
      description: "Replicas that answer: 0. nginx serves the copies that it has.",
    },
  },
  {
    alert: alertNames.noReplica,
    story: "none has come up since the stack was made",
    every: "5s",
    given: { [itself]: "1x180", [up("a")]: "_x150 1x30" },
    quiet: ["5m", "9m"],
    fires: ["10m30s", "12m"],
    resolved: ["13m"],
    notification: {
      labels: {},
      description: "Replicas that answer: 0. nginx serves the copies that it has.",
    },
  },
  {
    alert: alertNames.replicaDown,
    story: "one of two is killed and is no target any more; later it is there again, with another address",
    every: "5s",
    given: { [build("a", "1")]: "1x60", [build("b", "1")]: "1x11 stale", [build("c", "1")]: "_x30 1x30" },
    quiet: ["55s", "1m5s"],
    fires: ["1m15s", "2m20s"],
    resolved: ["2m45s"],
    notification: { labels: { version: "1" }, description: "Replicas of version 1 that answer: 1." },
  },
  {
    alert: alertNames.replicaDown,
    story: "a replica of a later rollout is killed, as it is named on Docker",
    every: "5s",
    given: {
      [build("c", "1", "resume-0-5e6f7a8b")]: "1x240",
      [build("d", "1", "resume-1-5e6f7a8b")]: "1x11 stale",
    },
    quiet: ["55s"],
    fires: ["1m15s", "15m"],
    resolved: ["16m30s"],
    notification: {
      labels: { version: "1", rollout: "5e6f7a8b" },
      description: "Replicas of version 1 that answer: 1.",
    },
  },
  {
    alert: alertNames.replicaDown,
    story: "nobody starts it again: after a while fewer are the new normal",
    every: "5s",
    given: { [build("a", "1")]: "1x240", [build("b", "1")]: "1x11 stale" },
    quiet: ["55s"],
    fires: ["1m15s", "15m"],
    resolved: ["16m30s"],
    notification: { labels: { version: "1" }, description: "Replicas of version 1 that answer: 1." },
  },
  {
    alert: alertNames.replicaHangs,
    story: "one of two replicas hangs, and comes back",
    every: "5s",
    given: { [up("a")]: "1x11 0x23 1x12", [up("b")]: "1x60" },
    quiet: ["55s", "1m55s"],
    fires: ["2m5s", "2m55s"],
    resolved: ["3m5s"],
    notification: {
      labels: { job: "resume", instance: "a" },
      description: "The replica at a does not answer Prometheus.",
    },
  },
  {
    alert: alertNames.replicaRestarted,
    story: "a process crashes, and its container is started again",
    every: "5s",
    given: { [build("a", "1", "resume-0")]: "1x220", [started("a")]: "100x11 160x200" },
    quiet: ["55s"],
    fires: ["1m5s", "10m"],
    resolved: ["12m"],
    notification: {
      labels: { replica: "resume-0" },
      description: "Restarts of the replica resume-0 in 10 minutes: 1.",
    },
  },
  {
    alert: alertNames.replicaRestarted,
    story: "a container is started again, and has another address then",
    every: "5s",
    given: {
      [build("a", "1", "resume-0")]: "1x11 stale",
      [started("a")]: "100x11 stale",
      [build("b", "1", "resume-0")]: "_x13 1x200",
      [started("b")]: "_x13 160x200",
    },
    quiet: ["55s"],
    fires: ["1m15s"],
    resolved: ["12m"],
    notification: {
      labels: { replica: "resume-0" },
      description: "Restarts of the replica resume-0 in 10 minutes: 1.",
    },
  },
  {
    alert: alertNames.nginxDown,
    story: "nginx is away for a minute: the exporter says so, and has nothing else to say",
    every: "5s",
    given: { [nginxUp]: "1x11 0x11 1x12", [edge]: "0+5x11 stale" },
    quiet: ["55s", "1m10s"],
    fires: ["1m15s", "1m55s"],
    resolved: ["2m5s"],
    notification: {
      labels: { job: "nginx", instance: "x" },
      description: "The exporter at x can't reach nginx, or does not answer.",
    },
  },
  {
    alert: alertNames.nginxDown,
    story: "the exporter hangs",
    every: "5s",
    given: { [nginxUp]: "1x11 stale _x11 1x12", 'up{job="nginx",instance="x"}': "1x11 0x12 1x12" },
    quiet: ["55s", "1m10s"],
    fires: ["1m15s", "1m55s"],
    resolved: ["2m5s"],
    notification: {
      labels: { job: "nginx", instance: "x" },
      description: "The exporter at x can't reach nginx, or does not answer.",
    },
  },
  {
    alert: alertNames.errorBudgetBurnsFast,
    story: "ten minutes in which one request of ten fails",
    every: "1m",
    given: { [edge]: "0+60x120", [failures]: "0x10 0+6x10 60x100" },
    quiet: ["10m"],
    fires: ["14m", "20m"],
    resolved: ["1h5m"],
    notification: { labels: {}, description: "2.143% of visitors' requests failed." },
  },
  {
    alert: alertNames.errorBudgetBurnsFast,
    story:
      "three hours in which one request of a hundred fails: too few for the short pair of windows, not for the long one",
    every: "1m",
    given: { [edge]: "0+60000x400", [failures]: "0x60 0+600x180 108000x160" },
    quiet: ["1h", "2h"],
    fires: ["2h45m", "4h"],
    resolved: ["4h40m"],
    notification: { labels: {}, description: "0.6303% of visitors' requests failed." },
  },
  {
    alert: alertNames.errorBudgetBurnsSlowly,
    story: "half an hour in which four requests of a thousand fail",
    every: "1m",
    given: { [edge]: "0+60000x430", [failures]: "0x10 0+240x30 7200x390" },
    quiet: ["10m"],
    fires: ["20m", "1h"],
    resolved: ["7h"],
    notification: { labels: {}, description: "0.18% of visitors' requests failed." },
  },
  {
    alert: alertNames.errorBudgetBurnsSlowly,
    story:
      "four hours in which two requests of a thousand fail: too few for the short pair of windows, not for the long one",
    every: "1m",
    given: { [edge]: "0+60000x540", [failures]: "0x60 0+120x240 28800x240" },
    quiet: ["1h", "1h30m"],
    fires: ["3h", "5h"],
    resolved: ["8h30m"],
    notification: { labels: {}, description: "0.1322% of visitors' requests failed." },
  },
  {
    alert: alertNames.highLatency,
    story: "three of ten answers are slow for forty minutes, in the second hour of the stack",
    every: "1m",
    given: { [answers("2xx")]: "0+60x230", [quick]: "0+60x60 3642+42x39 5340+60x129" },
    quiet: ["1h", "1h10m"],
    fires: ["1h20m", "1h40m"],
    resolved: ["3h40m"],
    notification: { labels: {}, description: "7.627% of the service's answers took longer." },
  },
  {
    alert: alertNames.redisDown,
    story: "Redis is away for a minute",
    every: "5s",
    given: { [redisUp]: "1x11 0x11 1x12" },
    quiet: ["55s", "1m10s"],
    fires: ["1m20s"],
    resolved: ["2m5s"],
    notification: {
      labels: {},
      description: "Replicas and exporters that Redis does not answer: 1.",
    },
  },
  {
    alert: alertNames.redisDown,
    story: "one replica alone can't reach it",
    every: "5s",
    given: {
      [redisUp]: "1x40",
      [`${catalogue.redisUp.name}{instance="a"}`]: "1x11 0x11 1x12",
      [`${catalogue.redisUp.name}{instance="b"}`]: "1x40",
    },
    quiet: ["55s"],
    fires: ["1m20s"],
    resolved: ["2m5s"],
    notification: {
      labels: {},
      description: "Replicas and exporters that Redis does not answer: 1.",
    },
  },
  {
    alert: alertNames.redisWriteFails,
    story: "the disk is full for half a minute",
    every: "5s",
    given: { 'redis_aof_last_write_status{job="redis",instance="y"}': "1x11 0x5 1x12" },
    quiet: ["55s", "1m5s"],
    fires: ["1m10s", "1m25s"],
    resolved: ["1m35s"],
    notification: {
      labels: { job: "redis", instance: "y" },
      description: "The last write to the append-only file failed, as the exporter at y reports.",
    },
  },
  {
    alert: alertNames.replicaMemoryNearLimit,
    story: "a replica grows to 95 % of its memory, and is replaced",
    every: "1m",
    given: {
      [build("a", "1", "resume-0")]: "1x30",
      [memory]: "500x5 950x10 100x10",
      [memoryLimit]: "1000x30",
    },
    quiet: ["5m", "9m"],
    fires: ["12m"],
    resolved: ["18m"],
    notification: {
      labels: { replica: "resume-0" },
      description: "The replica resume-0 uses 95% of its memory limit or of its heap limit.",
    },
  },
  {
    alert: alertNames.replicaMemoryNearLimit,
    story: "a replica's heap grows to 95 % of what V8 lets it have, long before its memory is used up, and is replaced",
    every: "1m",
    given: {
      [build("a", "1", "resume-0")]: "1x30",
      [memory]: "300x5 550x10 100x10",
      [memoryLimit]: "1000x30",
      [heap]: "250x5 475x10 50x10",
      [heapLimit]: "500x30",
    },
    quiet: ["5m", "9m"],
    fires: ["12m"],
    resolved: ["18m"],
    notification: {
      labels: { replica: "resume-0" },
      description: "The replica resume-0 uses 95% of its memory limit or of its heap limit.",
    },
  },
  {
    alert: alertNames.redisMemoryNearLimit,
    story: "Redis fills up, and is emptied",
    every: "1m",
    given: { redis_memory_used_bytes: "500x5 950x10 100x10", redis_memory_max_bytes: "1000x30" },
    quiet: ["5m", "9m"],
    fires: ["12m"],
    resolved: ["18m"],
    notification: { labels: {}, description: "Redis uses 95% of its memory limit." },
  },
  {
    alert: alertNames.redisMemoryNearLimit,
    story: "Redis without a limit is never near it; with one it is, until it is emptied",
    every: "1m",
    given: { redis_memory_used_bytes: "950x25 1x10", redis_memory_max_bytes: "0x10 1000x30" },
    quiet: ["10m"],
    fires: ["20m"],
    resolved: ["30m"],
    notification: { labels: {}, description: "Redis uses 95% of its memory limit." },
  },
  {
    alert: alertNames.nginxConnectionsNearLimit,
    story: "most of a worker's connections for two minutes",
    every: "5s",
    given: { 'nginx_connections_active{job="nginx"}': "100x11 15000x23 100x12" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
    notification: { labels: {}, description: "nginx has 91.55% of a worker's limit." },
  },
  {
    alert: alertNames.nginxConnectionsRefused,
    story: "a worker is full for half a minute",
    every: "5s",
    given: {
      'nginx_connections_accepted{job="nginx",instance="x"}': "0+10x60",
      'nginx_connections_handled{job="nginx",instance="x"}': "0+10x11 115+5x5 150+10x40",
    },
    quiet: ["55s", "1m10s"],
    fires: ["1m20s"],
    resolved: ["3m"],
    notification: {
      labels: { job: "nginx", instance: "x" },
      description: "Connections closed in the last minute: about 27.27.",
    },
  },
  {
    alert: alertNames.scrapeMissing,
    story: "an exporter hangs",
    every: "5s",
    given: { 'up{job="nginx"}': "1x11 0x23 1x12", 'up{job="redis"}': "1x60", [itself]: "1x60" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
    notification: { labels: { job: "nginx" }, description: "The scrapes of the job nginx fail, or it has no target." },
  },
  {
    alert: alertNames.scrapeMissing,
    story: "an exporter is gone",
    every: "5s",
    given: { 'up{job="nginx"}': "1x11 stale _x22 1x12", 'up{job="redis"}': "1x60", [itself]: "1x60" },
    quiet: ["55s", "1m55s"],
    fires: ["2m30s"],
    resolved: ["3m10s"],
    notification: { labels: { job: "nginx" }, description: "The scrapes of the job nginx fail, or it has no target." },
  },
  {
    alert: alertNames.prometheusDiskNearLimit,
    story: "95 % of the size for two hours, then old blocks go",
    every: "1m",
    given: disk("100x5 900x120 300x20"),
    quiet: ["5m", "1h"],
    fires: ["1h20m"],
    resolved: ["2h10m"],
    notification: { labels: {}, description: "Prometheus uses 95% of its disk limit." },
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
    notification: { labels: {}, description: "Writes that failed in 10 minutes: about 3." },
  },
];

/** What an alert must not take for its own, at any of these times. */
export interface QuietCase extends Pick<AlertCase, "alert" | "story" | "every" | "given" | "quiet"> {}

export const quietCases: QuietCase[] = [
  {
    alert: alertNames.noReplica,
    story: "Prometheus has just started, and asks the replicas last",
    every: "5s",
    given: { [itself]: "_ _ _ 1x60", [up("a")]: "_ _ _ _ _ 1x60" },
    quiet: ["5s", "10s", "15s", "20s", "25s", "30s", "35s", "1m"],
  },
  {
    alert: alertNames.noReplica,
    story: "the first `up` takes its time: Prometheus is there, the replicas' image is still being pulled",
    every: "5s",
    given: { [itself]: "1x120", [up("a")]: "_x100 1x20" },
    quiet: ["30s", "2m", "8m", "8m30s", "9m"],
  },
  {
    alert: alertNames.nginxDown,
    story: "the first `up` takes its time: the exporter is there, nginx' image is still being pulled",
    every: "5s",
    given: { [itself]: "1x120", [nginxUp]: "0x100 1x20" },
    quiet: ["30s", "2m", "8m", "8m30s", "9m"],
  },
  {
    alert: alertNames.redisDown,
    story: "the first `up` takes its time: the exporter is there, Redis' image is still being pulled",
    every: "5s",
    given: { [itself]: "1x120", [redisUp]: "0x100 1x20" },
    quiet: ["30s", "2m", "8m", "8m30s", "9m"],
  },
  {
    alert: alertNames.replicaDown,
    story: "a new version takes over, all at once",
    every: "5s",
    given: {
      [build("a", "1")]: "1x20 stale",
      [build("b", "1")]: "1x20 stale",
      [build("c", "2")]: "_x15 1x60",
      [build("d", "2")]: "_x15 1x60",
    },
    quiet: ["1m20s", "1m45s", "2m", "3m"],
  },
  {
    alert: alertNames.replicaDown,
    story: "a secret is rotated: new replicas of the same version take over, on Docker all at once",
    every: "5s",
    given: {
      [build("a", "1", "resume-0-1a2b3c4d")]: "1x20 stale",
      [build("b", "1", "resume-1-1a2b3c4d")]: "1x20 stale",
      [build("c", "1", "resume-0-5e6f7a8b")]: "_x15 1x60",
      [build("d", "1", "resume-1-5e6f7a8b")]: "_x15 1x60",
    },
    quiet: ["1m20s", "1m45s", "2m", "3m", "5m"],
  },
  {
    alert: alertNames.replicaDown,
    story: "a secret is rotated on Kubernetes: pods of the same version take over one by one",
    every: "5s",
    given: {
      [build("a", "1", "resume-6d5f7c9b8d-aaaaa")]: "1x20 stale",
      [build("b", "1", "resume-6d5f7c9b8d-bbbbb")]: "1x32 stale",
      [build("c", "1", "resume-58c4d9f7b-ccccc")]: "_x15 1x120",
      [build("d", "1", "resume-58c4d9f7b-ddddd")]: "_x27 1x120",
    },
    quiet: ["1m30s", "2m", "2m45s", "3m", "5m"],
  },
  {
    alert: alertNames.replicaDown,
    story: "a new version takes over step by step, a minute each",
    every: "5s",
    given: {
      [build("a", "1")]: "1x20 stale",
      [build("b", "1")]: "1x32 stale",
      [build("c", "1")]: "1x44 stale",
      [build("d", "2")]: "_x15 1x120",
      [build("e", "2")]: "_x27 1x120",
      [build("f", "2")]: "_x39 1x120",
    },
    quiet: ["1m30s", "2m", "2m30s", "3m", "3m30s", "3m50s", "4m", "5m", "6m"],
  },
  {
    alert: alertNames.replicaHangs,
    story: "a replica takes almost a minute to come up",
    every: "5s",
    given: { [up("a")]: "0x11 1x20" },
    quiet: ["30s", "55s", "1m", "1m30s"],
  },
  {
    alert: alertNames.replicaRestarted,
    story: "a replica of a new version gets the address of one that went",
    every: "5s",
    given: {
      [build("a", "1", "resume-0-old")]: "1x11 stale",
      [build("a", "2", "resume-0-new")]: "_x12 1x60",
      [started("a")]: "100x11 160x60",
    },
    quiet: ["55s", "1m", "1m5s", "2m", "5m"],
  },
  {
    alert: alertNames.replicaRestarted,
    story: "a new version is published and rolled back: containers of the old names come again",
    every: "5s",
    given: {
      [build("a", "1", "resume-0-old", "first")]: "1x11 stale",
      [started("a")]: "100x11 160x11 220x60",
      [build("a", "2", "resume-0-new", "second")]: "_x12 1x11 stale",
      [build("a", "1", "resume-0-old", "third")]: "_x24 1x60",
    },
    quiet: ["55s", "1m", "1m5s", "2m", "2m5s", "2m10s", "3m", "5m"],
  },
  {
    alert: alertNames.replicaRestarted,
    story: "scaled down and up again: the last replica comes back in another container, at another address",
    every: "5s",
    given: {
      [build("a", "1", "resume-0")]: "1x100",
      [started("a")]: "100x100",
      [build("b", "1", "resume-1", "first")]: "1x11 stale",
      [started("b")]: "100x11 stale",
      [build("c", "1", "resume-1", "second")]: "_x24 1x60",
      [started("c")]: "_x24 220x60",
    },
    quiet: ["55s", "1m5s", "2m", "2m5s", "3m", "5m"],
  },
  {
    alert: alertNames.nginxConnectionsRefused,
    story: "one scrape comes between the two counters",
    every: "5s",
    given: {
      'nginx_connections_accepted{job="nginx",instance="x"}': "0+10x11 121 130+10x40",
      'nginx_connections_handled{job="nginx",instance="x"}': "0+10x60",
    },
    quiet: ["1m", "1m5s", "1m10s", "1m15s", "2m", "2m10s"],
  },
  {
    alert: alertNames.errorBudgetBurnsFast,
    story: "just below both pairs of windows",
    every: "1m",
    given: { [edge]: "0+60000x400", [failures]: "0+354x400" },
    quiet: ["10m", "1h", "6h"],
  },
  {
    alert: alertNames.errorBudgetBurnsSlowly,
    story: "just below both pairs of windows",
    every: "1m",
    given: { [edge]: "0+60000x400", [failures]: "0+59x400" },
    quiet: ["10m", "2h", "6h"],
  },
  {
    alert: alertNames.highLatency,
    story: "nine answers of a thousand are slow",
    every: "1m",
    given: { [answers("2xx")]: "0+1000x60", [quick]: "0+991x60" },
    quiet: ["20m", "1h"],
  },
  {
    alert: alertNames.highLatency,
    story: "a busy stack is slow in its first minutes",
    every: "5s",
    given: { [answers("2xx")]: "0+500x240", [quick]: "0+400x24 10100+500x215" },
    quiet: ["1m", "4m", "6m", "15m", "20m"],
  },
  {
    alert: alertNames.highLatency,
    story: "the first answers of a quiet site are slow",
    every: "1m",
    given: { [answers("2xx")]: "0+4x120", [quick]: "0x5 2+4x115" },
    quiet: ["10m", "2h"],
  },
  {
    alert: alertNames.replicaMemoryNearLimit,
    story: "89 % of its memory",
    every: "1m",
    given: { [build("a", "1")]: "1x30", [memory]: "890x30", [memoryLimit]: "1000x30" },
    quiet: ["10m", "30m"],
  },
  {
    alert: alertNames.redisMemoryNearLimit,
    story: "89 % of its memory",
    every: "1m",
    given: { redis_memory_used_bytes: "890x30", redis_memory_max_bytes: "1000x30" },
    quiet: ["10m", "30m"],
  },
  {
    alert: alertNames.nginxConnectionsNearLimit,
    story: "79 % of a worker's connections",
    every: "5s",
    given: { 'nginx_connections_active{job="nginx"}': "12943x60" },
    quiet: ["2m", "5m"],
  },
  {
    alert: alertNames.prometheusDiskNearLimit,
    story: "89 % of the size",
    every: "1m",
    given: disk("840x200"),
    quiet: ["1h30m", "3h"],
  },
];

/** Values that a recorded series or an alert must have at a time, beside what the cases of the alerts show. */
export interface ValueCase {
  readonly story: string;
  readonly every: "5s" | "1m";
  readonly given: Readonly<Record<string, string>>;
  readonly at: string;
  readonly values: Readonly<Record<string, number>>;
  readonly later?: Pick<ValueCase, "at" | "values">;
}

/** A ratio within 2 % of what it truly is: 1 where it is. */
const isAbout = (expr: string, truth: number) => `abs((${expr}) / ${truth} - 1) < bool 0.02`;

/** How many replicas of the last ten minutes have a line on the boards, with this choice of Replicas. */
const lines = (shown: string) =>
  `count(${ofShown(`last_over_time(${catalogue.buildInfo.name}[10m])`).replace("$shown", shown)})`;

export const valueCases: ValueCase[] = [
  {
    story:
      "after two publishes and a rollback the boards have a line for each replica that runs, or for all on request",
    every: "5s",
    given: {
      [build("a", "1", "resume-0-first")]: "1x11 stale",
      [build("b", "1", "resume-1-first")]: "1x11 stale",
      [build("c", "2", "resume-0-second")]: "_x10 1x11 stale",
      [build("d", "2", "resume-1-second")]: "_x10 1x11 stale",
      [build("e", "1", "resume-0-first", "again")]: "_x20 1x60",
      [build("f", "1", "resume-1-first", "again")]: "_x20 1x60",
    },
    at: "5m",
    values: { [lines("replica")]: 2, [lines(String(allReplicas.shown))]: 4 },
  },
  {
    story: "after half an hour a tenth of all requests fails for five minutes",
    every: "5s",
    given: { [edge]: "0+500x500", [answers("2xx")]: "0+500x360 0x0", [failures]: "0x360 50+50x59 3000x80" },
    at: "35m",
    values: {
      [isAbout(failureRatio("5m"), 0.1)]: 1,
      [isAbout(failureRatio("30m"), 0.1 / 6)]: 1,
      // As long as the stack is old.
      [isAbout(failureRatio("1h"), 0.1 / 7)]: 1,
    },
    // Six minutes after the end.
    later: {
      at: "41m",
      values: {
        [failureRatio("5m")]: 0,
        [isAbout(failureRatio("30m"), 0.1 / 6)]: 1,
        [isAbout(failureRatio("1h"), 0.5 / 41)]: 1,
      },
    },
  },
  {
    story: "every request fails for 60 s, in the moment that this ends",
    every: "5s",
    given: { [edge]: "0+500x740", [failures]: "0x720 500+500x11 6000x8" },
    at: "1h1m",
    values: { [isAbout(failureRatio("5m"), 0.2)]: 1, [isAbout(failureRatio("1h"), 1 / 60)]: 1 },
  },
  {
    story: "every request fails for 60 s, as the windows of hours see it; that of a day is as long as the stack is old",
    every: "1m",
    given: { [edge]: "0+6000x440", [failures]: "0x410 6000x30" },
    at: "7h",
    values: {
      [isAbout(failureRatio("2h"), 1 / 120)]: 1,
      [isAbout(failureRatio("6h"), 1 / 360)]: 1,
      [isAbout(failureRatio("1d"), 1 / 420)]: 1,
    },
  },
  {
    story: "one request of a hundred fails, nine of ten come from the cache",
    every: "1m",
    given: { [edge]: "0+6000x60", [answers("2xx")]: "0+540x60", [failures]: "0+60x60" },
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
      [`count(${slowRatio("5m")}) or vector(0)`]: 0,
    },
  },
  {
    story: "what nginx gave up on is in no histogram, and slow all the same",
    every: "1m",
    given: {
      [edge]: "0+600x60",
      [answers("2xx")]: "0+580x60",
      [quick]: "0+580x60",
      [failures]: "0+20x60",
    },
    at: "30m",
    values: { [`${recorded.unanswered5m} * 60`]: 20, [`${slowRatio("5m")} * 30`]: 1 },
  },
  {
    story: "a failure that was answered is slow only if it was",
    every: "1m",
    given: {
      [edge]: "0+600x60",
      [answers("5xx")]: "0+20x60",
      [quick]: "0x60",
      [failures]: "0+20x60",
    },
    at: "30m",
    values: { [recorded.unanswered5m]: 0, [slowRatio("5m")]: 1 },
  },
  {
    story: "nine of ten requests are probes: they are no success, and no work of the cache",
    every: "5s",
    given: {
      [up("a")]: "1x60",
      [edge]: "0+500x60",
      // Those of its own health check on top.
      [answers("2xx", "/health")]: "0+451.5x60",
      [answers("2xx")]: "0+25x60",
      [failures]: "0+5x60",
    },
    at: "5m",
    values: {
      [recorded.edgeRequests]: 100,
      [recorded.edgeProbes]: 90,
      [recorded.edgeVisitors]: 10,
      [`${recorded.cacheHitRatio} * 2`]: 1,
      [`${recorded.availability} * 10`]: 9,
    },
  },
  {
    story: "nobody asks but the stack itself",
    every: "5s",
    given: { [up("a")]: "1x60", [edge]: "0+3x60", [answers("2xx", "/health")]: "0+1x60" },
    at: "5m",
    values: { [recorded.edgeProbes]: 0, [recorded.cacheHitRatio]: 1, [recorded.availability]: 1 },
  },
  ...["1m15s", "4m15s"].map(
    (at): ValueCase => ({
      story: `a version that follows another is a deployment, and so is the first: ${at}`,
      every: "5s",
      given: { [build("a", "1")]: "_x11 1x40 stale", [build("b", "2")]: "_x48 1x20" },
      at,
      values: { [`count(${deployments})`]: 1 },
    }),
  ),
  {
    story: "a version that comes back after all its replicas were away is no deployment",
    every: "5s",
    given: { [build("a", "1")]: "1x20 stale _x30 1x20" },
    at: "4m30s",
    values: { [`sum(${recorded.replicasOfVersion})`]: 1, [`count(${deployments}) or vector(0)`]: 0 },
  },
];
