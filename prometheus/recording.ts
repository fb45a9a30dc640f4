import { METRICS } from "../service/src/metrics/catalogue.ts";
import { exported } from "./exported.ts";
import { replicasUp, resumeJob, visitors } from "./expressions.ts";
import { burnWindows, failureRatio, recorded } from "./names.ts";
import { errorBudget, objectives } from "./objectives.ts";
import type { Facts, RuleGroup } from "./rules.ts";

const answered = METRICS.httpRequests.name;
const buckets = `${METRICS.httpDuration.name}_bucket`;
const edge = exported.nginx.requests;

/** A sum of rates that is 0 where there is no such series yet, so that what is computed from it is not absent. */
const sumOrNone = (selector: string, window: string) => `sum(rate(${selector}[${window}])) or vector(0)`;

const rule = (record: string, expr: string) => ({ record, expr });

const quantiles = [
  [0.5, recorded.p50, recorded.p50ByRoute],
  [0.95, recorded.p95, recorded.p95ByRoute],
  [0.99, recorded.p99, recorded.p99ByRoute],
] as const;

const replicas = [
  rule(recorded.replicasUp, replicasUp),
  // A replica that is not scraped has no build info: neither one that hangs, nor one that is gone.
  rule(recorded.replicasOfVersion, `count by (version) (${METRICS.buildInfo.name})`),
];

const traffic = [
  rule(recorded.edgeRequests, sumOrNone(edge, "1m")),
  rule(recorded.requests, sumOrNone(`${answered}{${visitors}}`, "1m")),
  rule(recorded.requestsByRoute, `sum by (route) (rate(${answered}{${resumeJob}}[1m]))`),
  rule(recorded.requestsByStatus, `sum by (status_class) (rate(${answered}{${visitors}}[1m]))`),
  rule(recorded.requestsByReplica, `sum by (instance) (rate(${answered}{${visitors}}[1m]))`),
  // nginx asks a replica more than once for a request that it tries again, hence the clamp.
  rule(recorded.cacheHitRatio, `clamp_min(1 - ${recorded.requests} / (${recorded.edgeRequests} > 0), 0)`),
  ...quantiles.flatMap(([share, all, byRoute]) => [
    rule(all, `histogram_quantile(${share}, sum by (le) (rate(${buckets}{${visitors}}[1m])))`),
    rule(byRoute, `histogram_quantile(${share}, sum by (le, route) (rate(${buckets}{${resumeJob}}[1m])))`),
  ]),
];

/**
 * Availability as visitors see it: of all requests that nginx gets, those that a replica failed. What the cache answers
 * counts as the success that it is. nginx' own failures (502, 504) are in no counter; NoReplica tells of their cause.
 */
const objective = [
  rule(recorded.edgeRequests5m, sumOrNone(edge, "5m")),
  rule(recorded.requests5m, sumOrNone(`${answered}{${visitors}}`, "5m")),
  rule(recorded.failures5m, sumOrNone(`${answered}{${visitors},status_class="5xx"}`, "5m")),
  // All that is not quick: `le` is the objective's bucket, which a test asserts to be there.
  rule(
    recorded.slow5m,
    `clamp_min(${recorded.requests5m} - (${sumOrNone(`${buckets}{${visitors},le="${objectives.latency.seconds}"}`, "5m")}), 0)`,
  ),
  rule(recorded.availability, `clamp_min(1 - ${recorded.failures5m} / (${recorded.edgeRequests5m} > 0), 0)`),
  rule(recorded.slowRatio, `${recorded.slow5m} / (${recorded.requests5m} > 0)`),
];

/** Long windows are means of the five-minute rates: two series to read, however many replicas there are. */
const shareOfFailures = (window: string) =>
  `avg_over_time(${recorded.failures5m}[${window}]) / (avg_over_time(${recorded.edgeRequests5m}[${window}]) > 0)`;

const budget = [
  ...burnWindows.map((window) => rule(failureRatio(window), shareOfFailures(window))),
  rule(recorded.availabilityOfPeriod, `clamp_min(1 - ${shareOfFailures(`${objectives.periodDays}d`)}, 0)`),
  rule(recorded.errorBudgetLeft, `1 - (1 - ${recorded.availabilityOfPeriod}) / ${errorBudget}`),
];

const saturation = ({ nginxConnections }: Facts) => [
  rule(recorded.cpuByReplica, `sum by (instance) (rate(${exported.process.cpuSeconds}{${resumeJob}}[1m]))`),
  rule(recorded.eventLoopByReplica, `sum by (instance) (rate(${METRICS.eventLoopActive.name}{${resumeJob}}[1m]))`),
  rule(
    recorded.memoryByReplica,
    `sum by (instance) (${exported.process.residentBytes}{${resumeJob}}) / sum by (instance) (${METRICS.memoryLimit.name})`,
  ),
  rule(recorded.nginxConnections, `sum(${exported.nginx.active}) / ${nginxConnections}`),
  // Without a limit redis says 0.
  rule(recorded.redisMemory, `sum(${exported.redis.memoryUsed}) / (sum(${exported.redis.memoryMax}) > 0)`),
  rule(
    recorded.prometheusDisk,
    'sum({__name__=~"prometheus_tsdb_(storage_blocks|wal_storage_size|head_chunks_storage_size)_bytes"}) / sum(prometheus_tsdb_retention_limit_bytes)',
  ),
];

export const recordingGroups = (facts: Facts): RuleGroup[] => [
  { name: "replicas", rules: replicas },
  { name: "traffic", rules: traffic },
  { name: "saturation", rules: saturation(facts) },
  { name: "objectives", rules: [...objective, ...budget] },
];
