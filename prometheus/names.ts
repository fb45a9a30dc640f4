/**
 * The names of all that Prometheus computes, recorded series and alerts, and of its jobs. Dashboards, annotations and tests import them,
 * so a rule that is renamed is renamed everywhere. Plain data without imports.
 *
 * Recorded series are named level:metric:operation: the remaining labels, what is measured, over which time.
 */
export const recorded = {
  /** Replicas that answer their scrape; 0, not absent, when none does. */
  replicasUp: "resume_replicas:up",
  /** The same by `version`; absent for a version of which none is left. */
  replicasOfVersion: "version:resume_replicas:up",
  /** By rollout too: a rotated secret or another limit makes new replicas of the same version. */
  replicasOfRollout: "version_rollout:resume_replicas:up",
  /** When the process in each `container` of a `replica` was started, in seconds since 1970. */
  startOfContainer: "replica_container:resume_start_time:seconds",

  /** Requests a second that reach nginx, the stack's own questions included (about 0.6 a second). */
  edgeRequests: "edge:requests:rate1m",
  /** Of these the probes (/health, /ready) that came from outside and were passed on to a replica. */
  edgeProbes: "edge:probes:rate1m",
  /** The others: visitors', and the stack's own questions to nginx. */
  edgeVisitors: "edge:visitors:rate1m",
  /** Requests a second that visitors' traffic costs the replicas: all but probes and scrapes. */
  requests: "resume_http_requests:rate1m",
  /** The same by `route`, by `status_class`. */
  requestsByRoute: "route:resume_http_requests:rate1m",
  requestsByStatus: "status_class:resume_http_requests:rate1m",
  /** Share of visitors' requests that no replica had to answer, 0 to 1. */
  cacheHitRatio: "edge:cache_hits:ratio_rate1m",

  /** Time that answers take in the service, in seconds: half, 95 % and 99 % of them take no longer. */
  p50: "resume_http_request_duration_seconds:p50_rate1m",
  p95: "resume_http_request_duration_seconds:p95_rate1m",
  p99: "resume_http_request_duration_seconds:p99_rate1m",
  /** The same by `route`. */
  p50ByRoute: "route:resume_http_request_duration_seconds:p50_rate1m",
  p95ByRoute: "route:resume_http_request_duration_seconds:p95_rate1m",
  p99ByRoute: "route:resume_http_request_duration_seconds:p99_rate1m",

  /** What the objectives are computed from, a second: requests at the edge, probes among them and the others. */
  edgeRequests5m: "edge:requests:rate5m",
  edgeProbes5m: "edge:probes:rate5m",
  edgeVisitors5m: "edge:visitors:rate5m",
  /** At the replicas: answered ones, failed ones, and of these the ones that nginx gave up on. */
  requests5m: "resume_http_requests:rate5m",
  failures5m: "resume_http_failures:rate5m",
  unanswered5m: "resume_http_unanswered:rate5m",
  /** Share of visitors' requests that did not fail, over the last 5 minutes and over the objective's whole time; 0 to 1. */
  availability: "edge:availability:ratio_rate5m",
  availabilityOfPeriod: "edge:availability:ratio_rate30d",
  /** Share of the error budget that is left: 1 is all of it, below 0 the objective is missed. */
  errorBudgetLeft: "edge:error_budget_left:ratio_rate30d",

  /** Processors that each `replica` uses. */
  cpuByReplica: "replica:resume_cpu:rate1m",
  /** How near something is to its limit, 0 to 1. */
  eventLoopByReplica: "replica:resume_event_loop:utilisation_rate1m",
  memoryByReplica: "replica:resume_memory:ratio",
  heapByReplica: "replica:resume_heap:ratio",
  nginxConnections: "nginx_connections:ratio",
  redisMemory: "redis_memory:ratio",
  prometheusDisk: "prometheus_disk:ratio",
} as const;

/** The jobs that rules and boards ask for. */
export const jobNames = { resume: "resume", nginx: "nginx", redis: "redis", prometheus: "prometheus" } as const;

/** Windows that a budget's burn is measured over: short ones from the counters themselves, long ones from short ones. */
export const shortBurnWindows = ["5m", "30m", "1h"] as const;
export const longBurnWindows = ["2h", "6h", "1d", "3d"] as const;
export const burnWindows = [...shortBurnWindows, ...longBurnWindows] as const;
export type BurnWindow = (typeof burnWindows)[number];

/** The windows that are counted, the objective's whole time included. */
export type CountedWindow = BurnWindow | "30d";

/** Requests in a window: visitors' at the edge, and of these the ones that failed. */
export function visitorsIn(window: CountedWindow) {
  return `edge:visitors:increase${window}`;
}
export function failuresIn(window: CountedWindow) {
  return `resume_http_failures:increase${window}`;
}
/** The service's answers in a window, those that it owed included, and of these the ones within the objective's time. */
export function answersIn(window: BurnWindow) {
  return `resume_http_answers:increase${window}`;
}
export function quickIn(window: BurnWindow) {
  return `resume_http_quick:increase${window}`;
}

/** Share of visitors' requests that failed in a window, 0 to 1. */
export function failureRatio(window: BurnWindow) {
  return `edge:failures:ratio_rate${window}`;
}
/** Share of the service's answers in a window that were slower than the objective allows, 0 to 1; absent without any. */
export function slowRatio(window: BurnWindow) {
  return `resume_http_slow:ratio_rate${window}`;
}

export const alertNames = {
  noReplica: "NoReplica",
  replicaDown: "ReplicaDown",
  replicaHangs: "ReplicaHangs",
  replicaRestarted: "ReplicaRestarted",
  nginxDown: "NginxDown",
  errorBudgetBurnsFast: "ErrorBudgetBurnsFast",
  errorBudgetBurnsSlowly: "ErrorBudgetBurnsSlowly",
  highLatency: "HighLatency",
  redisDown: "RedisDown",
  redisWriteFails: "RedisWriteFails",
  replicaMemoryNearLimit: "ReplicaMemoryNearLimit",
  redisMemoryNearLimit: "RedisMemoryNearLimit",
  nginxConnectionsNearLimit: "NginxConnectionsNearLimit",
  nginxConnectionsRefused: "NginxConnectionsRefused",
  scrapeMissing: "ScrapeMissing",
  prometheusDiskNearLimit: "PrometheusDiskNearLimit",
  prometheusDiskFails: "PrometheusDiskFails",
} as const;
export type AlertName = (typeof alertNames)[keyof typeof alertNames];
