import { catalogue, publicProbes } from "../service/src/metrics/catalogue.ts";
import { scrapeIntervalSeconds } from "./config.ts";
import { exported } from "./exported.ts";
import { named, replicasUp, resumeJob, visitors } from "./expressions.ts";
import {
  answersIn,
  type BurnWindow,
  type CountedWindow,
  failureRatio,
  failuresIn,
  longBurnWindows,
  quickIn,
  recorded,
  shortBurnWindows,
  slowRatio,
  visitorsIn,
} from "./names.ts";
import { errorBudget, objectives } from "./objectives.ts";
import type { RuleGroup, RuleParameters } from "./rule-types.ts";

const answered = catalogue.httpRequests.name;
const buckets = `${catalogue.httpDuration.name}_bucket`;
const edge = exported.nginx.requests;

/** A sum of rates that is 0 where there is no such series yet, so that what is computed from it is not absent. */
function sumOrNone(selector: string, window: string) {
  return `sum(rate(${selector}[${window}])) or vector(0)`;
}

function rule(record: string, expr: string) {
  return { record, expr };
}

const quantiles = [
  [0.5, recorded.p50, recorded.p50ByRoute],
  [0.95, recorded.p95, recorded.p95ByRoute],
  [0.99, recorded.p99, recorded.p99ByRoute],
] as const;

/** A replica's name has its rollout's hash: `resume-0-1a2b3c4d` on Docker, and `resume-1a2b3c4d5e-x2x4z` for a pod. */
const rolloutInName = "resume-(?:[0-9]{1,3}-)?([0-9a-z]+).*";

const replicas = [
  rule(recorded.replicasUp, replicasUp),
  // A replica that is not scraped has no build info, whether it hangs or is gone.
  rule(recorded.replicasOfVersion, `count by (version) (${catalogue.buildInfo.name})`),
  rule(
    recorded.replicasOfRollout,
    `count by (version, rollout) (label_replace(${catalogue.buildInfo.name}, "rollout", "$1", "replica", "${rolloutInName}"))`,
  ),
  // By name and container: a new container may get the address of an earlier one, and after a rollback its name, too.
  rule(
    recorded.startOfContainer,
    `max by (replica, container) (${named(`${exported.process.startTime}{${resumeJob}}`, "", ["replica", "container"])})`,
  ),
];

/** Routes of probes that nginx proxies; /metrics is not among them. */
const proxiedProbes = publicProbes.join("|");

/**
 * Probes that nginx proxied: those that the replicas answered, minus their own health checks. nginx counts them, but they
 * are not visitors' requests.
 */
function probes(window: string, healthChecks: number) {
  return `clamp_min((${sumOrNone(`${answered}{${resumeJob},route=~"${proxiedProbes}"}`, window)}) - ${healthChecks} * ${recorded.replicasUp}, 0)`;
}

/** The difference, and at least what the replicas answered: two programs' counters never match exactly. */
function withoutProbes(all: string, ofProbes: string, atReplicas: string) {
  return `(${all} - ${ofProbes}) > ${atReplicas} or ${atReplicas}`;
}

function traffic({ healthChecks }: RuleParameters) {
  return [
    rule(recorded.edgeRequests, sumOrNone(edge, "1m")),
    rule(recorded.edgeProbes, probes("1m", healthChecks)),
    rule(recorded.requests, sumOrNone(`${answered}{${visitors}}`, "1m")),
    rule(recorded.requestsByRoute, `sum by (route) (rate(${answered}{${resumeJob}}[1m]))`),
    rule(recorded.requestsByStatus, `sum by (status_class) (rate(${answered}{${visitors}}[1m]))`),
    rule(recorded.edgeVisitors, withoutProbes(recorded.edgeRequests, recorded.edgeProbes, recorded.requests)),
    rule(recorded.cacheHitRatio, `1 - ${recorded.requests} / (${recorded.edgeVisitors} > 0)`),
    ...quantiles.flatMap(([share, all, byRoute]) => [
      rule(all, `histogram_quantile(${share}, sum by (le) (rate(${buckets}{${visitors}}[1m])))`),
      rule(byRoute, `histogram_quantile(${share}, sum by (le, route) (rate(${buckets}{${resumeJob}}[1m])))`),
    ]),
  ];
}

/**
 * Availability for visitors: the share of requests at nginx, without probes, that no replica failed. Cache hits count as
 * successes, and so do the stack's own requests to nginx: these are few, and on a site without visitors they keep a
 * single failure from being half of all requests. nginx' own failures (502, 504) are in no counter; NoReplica covers
 * their cause.
 */
function objective({ healthChecks }: RuleParameters) {
  return [
    rule(recorded.edgeRequests5m, sumOrNone(edge, "5m")),
    rule(recorded.edgeProbes5m, probes("5m", healthChecks)),
    rule(recorded.requests5m, sumOrNone(`${answered}{${visitors}}`, "5m")),
    rule(recorded.edgeVisitors5m, withoutProbes(recorded.edgeRequests5m, recorded.edgeProbes5m, recorded.requests5m)),
    rule(recorded.failures5m, sumOrNone(`${catalogue.httpFailures.name}{${visitors}}`, "5m")),
    // Failures that were not answered with a 5xx were not answered at all, and are in no histogram.
    rule(
      recorded.unanswered5m,
      `clamp_min(${recorded.failures5m} - (${sumOrNone(`${answered}{${visitors},status_class="5xx"}`, "5m")}), 0)`,
    ),
    rule(recorded.availability, `clamp_min(1 - ${recorded.failures5m} / (${recorded.edgeVisitors5m} > 0), 0)`),
  ];
}

/** How much a counter grew in a window, all its series together; 0 where it did not. */
function growth(selector: string, window: BurnWindow) {
  return `(sum(increase(${selector}[${window}])) or vector(0))`;
}

/** Probes that nginx passed on in a window: as above, counted. */
function probesIn(window: BurnWindow, healthChecks: number) {
  const own = `${healthChecks * scrapeIntervalSeconds} * sum_over_time(${recorded.replicasUp}[${window}])`;
  return `clamp_min(${growth(`${answered}{${resumeJob},route=~"${proxiedProbes}"}`, window)} - ${own}, 0)`;
}

function failuresOf(window: BurnWindow) {
  return growth(`${catalogue.httpFailures.name}{${visitors}}`, window);
}
function answeredOf(window: BurnWindow) {
  return growth(`${answered}{${visitors}}`, window);
}

/**
 * Short windows are counted from the counters themselves, so that a ratio is right in the moment that a fault ends: a mean
 * of smoothed rates lags by what they are smoothed over. With 64 replicas that reads some 2,500 series of an hour.
 */
function shortFailures({ healthChecks }: RuleParameters) {
  return shortBurnWindows.flatMap((window) => [
    rule(failuresIn(window), failuresOf(window)),
    rule(visitorsIn(window), withoutProbes(growth(edge, window), probesIn(window, healthChecks), answeredOf(window))),
  ]);
}

/** The same of latency: all answers, those that never came included, and the quick ones, of the objective's bucket. */
const shortLatency = shortBurnWindows.flatMap((window) => {
  const unanswered = `clamp_min(${failuresOf(window)} - ${growth(`${answered}{${visitors},status_class="5xx"}`, window)}, 0)`;
  return [
    rule(answersIn(window), `${answeredOf(window)} + ${unanswered}`),
    rule(quickIn(window), growth(`${buckets}{${visitors},le="${objectives.latency.seconds}"}`, window)),
  ];
});

/** A long window is made of shorter ones, side by side: as right as those, and a few samples to read. */
const partsOf = {
  "2h": { part: "1h", hours: 1, count: 2 },
  "6h": { part: "2h", hours: 2, count: 3 },
  "1d": { part: "6h", hours: 6, count: 4 },
  "3d": { part: "1d", hours: 24, count: 3 },
  "30d": { part: "3d", hours: 72, count: 10 },
} as const;

/** What was before the first sample counts as nothing. */
function sideBySide<T extends string>(name: (window: T) => string, part: T, hours: number, count: number) {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? `(${name(part)} or vector(0))` : `(${name(part)} offset ${index * hours}h or vector(0))`,
  ).join(" + ");
}

const longFailures = ([...longBurnWindows, "30d"] as const).flatMap((window) => {
  const { part, hours, count } = partsOf[window];
  return [failuresIn, visitorsIn].map((name) =>
    rule(name(window), sideBySide<CountedWindow>(name, part, hours, count)),
  );
});

const longLatency = longBurnWindows.flatMap((window) => {
  const { part, hours, count } = partsOf[window];
  return [answersIn, quickIn].map((name) => rule(name(window), sideBySide<BurnWindow>(name, part, hours, count)));
});

function failureRatios(windows: readonly BurnWindow[]) {
  return windows.map((window) => rule(failureRatio(window), `${failuresIn(window)} / (${visitorsIn(window)} > 0)`));
}

function slowRatios(windows: readonly BurnWindow[]) {
  return windows.map((window) =>
    rule(slowRatio(window), `clamp_min(1 - ${quickIn(window)} / (${answersIn(window)} > 0), 0)`),
  );
}

const period = [
  rule(recorded.availabilityOfPeriod, `clamp_min(1 - ${failuresIn("30d")} / (${visitorsIn("30d")} > 0), 0)`),
  rule(recorded.errorBudgetLeft, `1 - (1 - ${recorded.availabilityOfPeriod}) / ${errorBudget}`),
];

function byReplica(expr: string) {
  return `sum by (replica) (${named(expr)})`;
}

const { prometheus: own } = exported;

function saturation({ nginxConnections }: RuleParameters) {
  return [
    rule(recorded.cpuByReplica, byReplica(`rate(${exported.process.cpuSeconds}{${resumeJob}}[1m])`)),
    rule(recorded.eventLoopByReplica, byReplica(`rate(${catalogue.eventLoopActive.name}{${resumeJob}}[1m])`)),
    rule(
      recorded.memoryByReplica,
      `${byReplica(`${exported.process.residentBytes}{${resumeJob}}`)} / ${byReplica(catalogue.memoryLimit.name)}`,
    ),
    rule(
      recorded.heapByReplica,
      `${byReplica(`${exported.node.heapUsed}{${resumeJob}}`)} / ${byReplica(catalogue.heapLimit.name)}`,
    ),
    rule(recorded.nginxConnections, `sum(${exported.nginx.active}) / ${nginxConnections}`),
    // Without a limit redis says 0.
    rule(recorded.redisMemory, `sum(${exported.redis.memoryUsed}) / (sum(${exported.redis.memoryMax}) > 0)`),
    rule(
      recorded.prometheusDisk,
      `(sum(${own.blockBytes}) + sum(${own.walBytes}) + sum(${own.headBytes})) / sum(${own.limitBytes})`,
    ),
  ];
}

export function recordingGroups(parameters: RuleParameters): RuleGroup[] {
  return [
    { name: "replicas", rules: replicas },
    { name: "traffic", rules: traffic(parameters) },
    { name: "saturation", rules: saturation(parameters) },
    {
      name: "objectives",
      rules: [...objective(parameters), ...shortFailures(parameters), ...failureRatios(shortBurnWindows)],
    },
    { name: "latency", interval: "15s", rules: [...shortLatency, ...slowRatios(shortBurnWindows)] },
    // What hardly moves in a minute.
    {
      name: "budget",
      interval: "1m",
      rules: [
        ...longFailures,
        ...failureRatios(longBurnWindows),
        ...longLatency,
        ...slowRatios(longBurnWindows),
        ...period,
      ],
    },
  ];
}
