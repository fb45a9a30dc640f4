/**
 * The service's own metrics: names, labels and help. Plain data without imports, so that dashboards, alert rules and
 * tests can import it. Labels are bounded: routes, never paths.
 *
 * prom-client adds its standard `process_*` and `nodejs_*` metrics: CPU, resident memory, file
 * descriptors, heap, garbage collection, event loop delay, and open connections as
 * `nodejs_active_resources{type="TCPSocketWrap"}`. Its histograms are classic ones only; it has no native histograms.
 */

export interface MetricDefinition {
  readonly type: "counter" | "gauge" | "histogram";
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: readonly number[];
}

export const catalogue = {
  httpDuration: {
    type: "histogram",
    name: "resume_http_request_duration_seconds",
    help: "Time from a request's arrival until its response was written, by route.",
    labels: ["route"],
    // The last bucket is answerWithinSeconds, nginx' timeout: a quantile can't be above the last bucket.
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5],
  },
  httpRequests: {
    type: "counter",
    name: "resume_http_requests_total",
    help: "Answered requests, by route, method and status class.",
    labels: ["route", "method", "status_class"],
  },
  httpInFlight: {
    type: "gauge",
    name: "resume_http_requests_in_flight",
    help: "Requests in flight.",
    labels: [],
  },
  httpAborted: {
    type: "counter",
    name: "resume_http_requests_aborted_total",
    help: "Requests whose client disconnected before the response was written, by route.",
    labels: ["route"],
  },
  httpFailures: {
    type: "counter",
    name: "resume_http_failures_total",
    help: "Requests that the service failed: answered with 5xx, or not within nginx's timeout, by route.",
    labels: ["route"],
  },
  httpRefused: {
    type: "counter",
    name: "resume_http_refused_total",
    help: "Malformed requests that were rejected before routing, by status.",
    labels: ["status"],
  },
  redisUp: {
    type: "gauge",
    name: "resume_redis_up",
    help: "1 while Redis answers this replica, else 0.",
    labels: [],
  },
  redisConnections: {
    type: "counter",
    name: "resume_redis_connections_total",
    help: "Connections to Redis that became ready. More than one means that it reconnected.",
    labels: [],
  },
  redisCommandDuration: {
    type: "histogram",
    name: "resume_redis_command_duration_seconds",
    help: "Duration of Redis commands, by command and result (ok, error).",
    labels: ["command", "result"],
    // The last bucket is the timeout of a command (commandTimeoutMs).
    buckets: [0.001, 0.01, 0.1, 0.5],
  },
  sessions: {
    type: "counter",
    name: "resume_sessions_total",
    help: "Session events: created, updated, renewed (time to live), rotated (new id), ended, loaded, expired, forged (bad signature), unavailable (no store).",
    labels: ["event"],
  },
  cacheRequests: {
    type: "counter",
    name: "resume_cache_requests_total",
    help: "Reads of the data cache, by entry and result: hit, stale (served while it is refreshed), miss (computed and stored), shared (computed by another request or replica), bypass (computed without the cache).",
    labels: ["entry", "result"],
  },
  messages: {
    type: "counter",
    name: "resume_messages_total",
    help: "Contact forms sent, by result: stored; or rejected as invalid, trapped (honeypot), foreign (another site's form), unconfirmed (to be confirmed), limited (rate limit), full (mailbox), unavailable (no store).",
    labels: ["result"],
  },
  draining: {
    type: "gauge",
    name: "resume_draining",
    help: "1 once the replica received SIGTERM and finishes its requests, else 0.",
    labels: [],
  },
  eventLoopActive: {
    type: "counter",
    name: "resume_event_loop_active_seconds_total",
    help: "Time that the event loop was busy. Its rate is the loop's utilisation, from 0 to 1.",
    labels: [],
  },
  memoryLimit: {
    type: "gauge",
    name: "resume_memory_limit_bytes",
    help: "Memory limit of the replica's container, or the machine's memory where it has no limit.",
    labels: [],
  },
  heapLimit: {
    type: "gauge",
    name: "resume_heap_limit_bytes",
    help: "Heap limit of V8.",
    labels: [],
  },
  buildInfo: {
    type: "gauge",
    name: "resume_build_info",
    help: "Always 1. The labels are the replica's name, its version, its version of Node.js, and the id of its container (of its pod on Kubernetes).",
    labels: ["replica", "version", "node_version", "container"],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

/** Health checks, which load balancers request every few seconds. */
export const publicProbes = ["/health", "/ready"] as const;
/** Routes of machines. nginx does not expose /metrics. */
export const probeRoutes = [...publicProbes, "/metrics"] as const;
/**
 * nginx' read timeout for a replica, in seconds. Then nginx tries the next replica, or fails. Rendered into nginx.conf.
 */
export const answerWithinSeconds = 2.5;
export const statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;
export const methodLabels = ["GET", "HEAD", "POST", "OPTIONS", "other"] as const;
/** Statuses of requests rejected before routing: malformed, CONNECT, too slow, headers too large. */
export const rejectedStatuses = ["400", "405", "408", "431"] as const;
export type RejectedStatus = (typeof rejectedStatuses)[number];
export const redisCommands = [
  "set",
  "remove",
  "touch",
  "read",
  "swap",
  "lock",
  "unlock",
  "count",
  "append",
  "ping",
] as const;
export const sessionEvents = [
  "created",
  "updated",
  "renewed",
  "rotated",
  "ended",
  "loaded",
  "expired",
  "forged",
  "unavailable",
] as const;
export type SessionEvent = (typeof sessionEvents)[number];
/** Results of a submitted contact form. All but "stored" are errors that the visitor sees. */
export const messageResults = [
  "stored",
  "invalid",
  "trapped",
  "foreign",
  "unconfirmed",
  "limited",
  "full",
  "unavailable",
] as const;
export type MessageResult = (typeof messageResults)[number];
export const cacheResults = ["hit", "stale", "miss", "shared", "bypass"] as const;
export type CacheResult = (typeof cacheResults)[number];
