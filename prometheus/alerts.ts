import { catalogue } from "../service/src/metrics/catalogue.ts";
import { scrapeIntervalSeconds } from "./config.ts";
import { exported } from "./exported.ts";
import { resumeJob } from "./expressions.ts";
import {
  type AlertName,
  alertNames,
  answersIn,
  type BurnWindow,
  failureRatio,
  jobNames,
  recorded,
  slowRatio,
} from "./names.ts";
import { burns, decimal, errorBudget, objectives, slowBudget } from "./objectives.ts";
import type { RuleParameters } from "./rule-types.ts";

/** One alert: its condition and its message. */
export interface Alert {
  readonly name: AlertName;
  /** A page needs action at once, because visitors notice. A ticket can wait for the morning. */
  readonly severity: "page" | "ticket";
  readonly expr: string;
  /** How long it must hold, as Prometheus writes times. */
  readonly for: string;
  /** What it means, in a sentence. */
  readonly summary: string;
  /** The same with the value. */
  readonly description: string;
  /** What to do first. */
  readonly action: string;
}

/** Thresholds of usage, as a share of the limit. */
export const nearLimit = { memory: 0.9, connections: 0.8, disk: 0.9 };

/** The window in which ReplicaDown looks for the highest number of replicas. */
export const replicaMemory = "15m";

const percentage = "{{ $value | humanizePercentage }}";
function share(part: number) {
  return `${decimal(part * 100)} %`;
}

type BurnPair = (typeof burns)[keyof typeof burns][number];

/** A budget that burns in both windows of a pair; `also` is a further condition. */
function burning(
  pairs: readonly BurnPair[],
  ratio: (window: BurnWindow) => string,
  budget: number,
  also: (pair: BurnPair) => string = () => "",
) {
  return pairs
    .map((pair) => {
      const threshold = decimal(pair.factor * budget);
      return `(${ratio(pair.long)} > ${threshold} and ${ratio(pair.short)} > ${threshold}${also(pair)})`;
    })
    .join(" or ");
}

/** False while the stack is younger than the short window: the ratio would cover its first minutes only. */
function isOldEnough({ short }: BurnPair) {
  return ` and on () ${answersIn("5m")} offset ${short}`;
}

/** Fewer answers are not significant: a new replica's first ones are slow, and a quiet site has few others. */
const fewAnswers = 1000;

/** How long the first `up` may take. It fails by itself when a component does not get ready, so no alert is needed. */
const firstUp = "10m";

/** True once it was up, or the first `up` is over: a component that is still starting is not down. */
function wasUp(up: string) {
  return `and on () (max(max_over_time(${up}[${firstUp}])) > 0 or on () ${exported.up}{job="${jobNames.prometheus}"} offset ${firstUp})`;
}

export function alerts({ jobs }: Pick<RuleParameters, "jobs">): Alert[] {
  return [
    {
      name: alertNames.noReplica,
      severity: "page",
      // Just after its start Prometheus has scraped nothing. After three scrapes of itself it has scraped all.
      expr: [
        `${recorded.replicasUp} == 0 and on () count_over_time(${exported.up}{job="${jobNames.prometheus}"}[1m]) > 2`,
        wasUp(recorded.replicasUp),
      ].join(" "),
      for: `${2 * scrapeIntervalSeconds}s`,
      summary: "No replica of the service answers.",
      description: "{{ $value }} replicas answer; nginx goes on with the pages that it has, for a day at most.",
      action: "npm run logs -- --component resume --no-follow, then npm run pulumi -- up --yes --refresh",
    },
    {
      name: alertNames.replicaDown,
      severity: "ticket",
      // A killed container leaves DNS, and its target goes with it: no `up` is 0. What tells is the count, by version, so
      // that an old version that has gone altogether is no fault; and while two of them run, one gives way to the other.
      expr: [
        `${recorded.replicasOfVersion} < max_over_time(${recorded.replicasOfVersion}[${replicaMemory}])`,
        `and on () count(${recorded.replicasOfVersion}) == 1`,
      ].join(" "),
      for: `${2 * scrapeIntervalSeconds}s`,
      summary: `Fewer replicas of the running version answer than in the ${replicaMemory} before.`,
      description: "{{ $value }} replicas of version {{ $labels.version }} are left.",
      action: "npm run pulumi -- up --yes --refresh starts what is gone; after scaling down on purpose: nothing",
    },
    {
      name: alertNames.replicaHangs,
      severity: "ticket",
      expr: `${exported.up}{${resumeJob}} == 0`,
      for: "1m",
      summary: "A replica is there, but does not answer.",
      description: "The replica at {{ $labels.instance }} does not answer Prometheus.",
      action:
        "npm run logs -- --component resume --since 15m --no-follow; docker restart NAME of the one that says nothing",
    },
    {
      name: alertNames.replicaRestarted,
      severity: "ticket",
      expr: `changes(${recorded.startOfReplica}[10m]) > 0`,
      for: "0s",
      summary: "A replica died and was started again.",
      description: "The replica {{ $labels.replica }} has started {{ $value }} times in 10 minutes.",
      action: "npm run logs -- --component resume --since 15m --no-follow: the last lines before the start say why",
    },
    {
      name: alertNames.nginxDown,
      severity: "page",
      // When nginx hangs, its exporter hangs, too, and the scrape fails.
      expr: `(${exported.nginx.up} == 0 or ${exported.up}{job="${jobNames.nginx}"} == 0) ${wasUp(exported.nginx.up)}`,
      for: "15s",
      summary: "nginx does not answer, or nobody can tell: visitors most likely see nothing.",
      description: "The exporter at {{ $labels.instance }} has no figures of nginx.",
      action:
        "ask for the site; npm run logs -- --component nginx --no-follow, then npm run pulumi -- up --yes --refresh",
    },
    {
      name: alertNames.errorBudgetBurnsFast,
      severity: "page",
      expr: burning(burns.fast, failureRatio, errorBudget),
      for: "0s",
      summary: `Visitors see failures at a rate that uses up the month's error budget (${share(errorBudget)}) in days.`,
      description: `${percentage} of visitors' requests failed.`,
      action: "look at the overview's failures by route, then npm run logs -- --route ROUTE --no-follow",
    },
    {
      name: alertNames.errorBudgetBurnsSlowly,
      severity: "ticket",
      expr: burning(burns.slow, failureRatio, errorBudget),
      for: "0s",
      summary: `Few requests fail, but for so long that the month's error budget (${share(errorBudget)}) will not do.`,
      description: `${percentage} of visitors' requests failed.`,
      action: "look at the overview's failures by route, then npm run logs -- --route ROUTE --no-follow",
    },
    {
      name: alertNames.highLatency,
      severity: "ticket",
      expr: `(${burning([...burns.fast, ...burns.slow], slowRatio, slowBudget, isOldEnough)}) and on () ${answersIn("3d")} > ${fewAnswers}`,
      for: "0s",
      summary: `Answers are slow at a rate that uses up the month's latency budget: ${share(slowBudget)} may take longer than ${objectives.latency.seconds * 1000} ms.`,
      description: `${percentage} of the service's answers were that slow.`,
      action: "compare the replicas' CPU and event loop delay; if all are busy: config set resume:replicas to more",
    },
    {
      name: alertNames.redisDown,
      severity: "page",
      expr: `count(${exported.redis.up} == 0 or ${catalogue.redisUp.name} == 0) > 0 ${wasUp(exported.redis.up)}`,
      for: "15s",
      summary: "Redis does not answer: the site is there, but nobody can send a message or change the theme.",
      description: "{{ $value }} of those who ask Redis (the replicas and the exporter) get no answer.",
      action: "npm run logs -- --component redis --no-follow, then npm run pulumi -- up --yes --refresh",
    },
    {
      name: alertNames.redisWriteFails,
      severity: "page",
      expr: `${exported.redis.aofLastWrite} == 0`,
      for: "10s",
      summary:
        "Redis can't write to its disk: it takes no message, and forgets the last ones when it is started again.",
      description: "The last write to the append-only file failed, as the exporter at {{ $labels.instance }} tells.",
      action: "df -h on the Docker host, and npm run logs -- --component redis --no-follow",
    },
    {
      name: alertNames.replicaMemoryNearLimit,
      severity: "ticket",
      expr: `${recorded.memoryByReplica} > ${nearLimit.memory} or ${recorded.heapByReplica} > ${nearLimit.memory}`,
      for: "5m",
      summary: "A replica, or its heap, has almost no memory left; at its limit it dies.",
      description: `The replica {{ $labels.replica }} uses ${percentage} of its memory, or of the heap that it may have.`,
      action:
        "see on the Node board whether the heap grows without end; config set resume:memoryMb to more helps meanwhile",
    },
    {
      name: alertNames.redisMemoryNearLimit,
      severity: "ticket",
      expr: `${recorded.redisMemory} > ${nearLimit.memory}`,
      for: "5m",
      summary: "Redis is almost full: sessions and cached data go first, then no message is stored.",
      description: `Redis uses ${percentage} of the memory that it may.`,
      action: "read and delete old messages (npm run messages); see the Redis board for what grows",
    },
    {
      name: alertNames.nginxConnectionsNearLimit,
      severity: "ticket",
      // The metric counts all workers' connections together; the number of workers is not exported.
      expr: `${recorded.nginxConnections} > ${nearLimit.connections}`,
      for: "1m",
      summary:
        "nginx has almost as many connections as one of its workers may have; with several workers there is room yet.",
      description: `nginx has ${percentage} of them.`,
      action:
        "see in npm run logs -- --component nginx whether few clients hold many; config set resume:nofile to more",
    },
    {
      name: alertNames.nginxConnectionsRefused,
      severity: "page",
      expr: `increase(${exported.nginx.accepted}[1m]) - increase(${exported.nginx.handled}[1m]) > 0`,
      // nginx updates the two counters one after the other, so a scrape may fall in between.
      for: "15s",
      summary: "nginx turns visitors away: a worker has as many connections as it may have.",
      description: "About {{ $value | humanize }} connections were closed at once in a minute.",
      action:
        "see in npm run logs -- --component nginx whether few clients hold many; config set resume:nofile to more",
    },
    {
      name: alertNames.scrapeMissing,
      severity: "ticket",
      // The replicas have alerts of their own.
      expr: [
        `up{job!="${jobNames.resume}"} == 0`,
        ...jobs.filter((name) => name !== jobNames.resume).map((name) => `absent(up{job="${name}"})`),
      ].join(" or "),
      for: "1m",
      summary: "Prometheus gets no figures of a part of the stack: its boards and alerts are blind.",
      description: "The job {{ $labels.job }} is not scraped.",
      action: "npm run logs -- --component JOB-exporter --no-follow, then npm run pulumi -- up --yes --refresh",
    },
    {
      name: alertNames.prometheusDiskNearLimit,
      severity: "ticket",
      expr: `${recorded.prometheusDisk} > ${nearLimit.disk}`,
      for: "1h",
      summary: "Prometheus is near the size it may keep; it soon deletes its oldest figures before their time.",
      description: `Prometheus uses ${percentage} of the size it may keep.`,
      action:
        "look which metric has most series (Status, TSDB Status); or keep more: retention in infra/system/prometheus.ts",
    },
    {
      name: alertNames.prometheusDiskFails,
      severity: "ticket",
      expr: `increase(${exported.prometheus.walWritesFailed}[10m]) + increase(${exported.prometheus.compactionsFailed}[10m]) > 0`,
      for: "0s",
      summary: "Prometheus can't write to its disk: figures are lost.",
      description: "About {{ $value | humanize }} writes failed in 10 minutes.",
      action: "df -h on the Docker host, and npm run logs -- --component prometheus --no-follow",
    },
  ];
}
