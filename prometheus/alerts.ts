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
      description: "Replicas that answer: {{ $value }}. nginx serves the copies that it has.",
      action: "npm run logs -- --component resume --no-follow, then npm run up",
    },
    {
      name: alertNames.replicaDown,
      severity: "ticket",
      // A killed container leaves DNS, and its target goes with it: no `up` is 0. What tells is the count, by rollout, so
      // that an old one that has gone altogether is no fault; and while two of them run, one gives way to the other.
      expr: [
        `${recorded.replicasOfRollout} < max_over_time(${recorded.replicasOfRollout}[${replicaMemory}])`,
        `and on () count(${recorded.replicasOfRollout}) == 1`,
      ].join(" "),
      for: `${2 * scrapeIntervalSeconds}s`,
      summary: `Fewer replicas of the running version answer than earlier in the last ${replicaMemory}.`,
      description: "Replicas of version {{ $labels.version }} that answer: {{ $value }}.",
      action: "npm run up, which creates the missing replicas; nothing if you scaled down",
    },
    {
      name: alertNames.replicaHangs,
      severity: "ticket",
      expr: `${exported.up}{${resumeJob}} == 0`,
      for: "1m",
      summary: "A replica runs, but does not answer.",
      description: "The replica at {{ $labels.instance }} does not answer Prometheus.",
      action:
        "npm run logs -- --component resume --since 15m --no-follow, then docker restart the replica that logs nothing",
    },
    {
      name: alertNames.replicaRestarted,
      severity: "ticket",
      expr: `max by (replica) (changes(${recorded.startOfContainer}[10m])) > 0`,
      for: "0s",
      summary: "A replica's process ended, and its container was started again.",
      description: "Restarts of the replica {{ $labels.replica }} in 10 minutes: {{ $value }}.",
      action:
        "npm run logs -- --component resume --since 15m --no-follow: the last lines before the start say why; nothing if you restarted it",
    },
    {
      name: alertNames.nginxDown,
      severity: "page",
      // When nginx hangs, its exporter hangs, too, and the scrape fails.
      expr: `(${exported.nginx.up} == 0 or ${exported.up}{job="${jobNames.nginx}"} == 0) ${wasUp(exported.nginx.up)}`,
      for: "15s",
      summary: "nginx or its exporter does not answer: the site is probably down.",
      description: "The exporter at {{ $labels.instance }} can't reach nginx, or does not answer.",
      action: "open the site; npm run logs -- --component nginx --no-follow, then npm run up",
    },
    {
      name: alertNames.errorBudgetBurnsFast,
      severity: "page",
      expr: burning(burns.fast, failureRatio, errorBudget),
      for: "0s",
      summary: `Requests fail at a rate that uses up the month's error budget (${share(errorBudget)}) in days.`,
      description: `${percentage} of visitors' requests failed.`,
      action: "see Failures by route on the Overview board, then npm run logs -- --route ROUTE --no-follow",
    },
    {
      name: alertNames.errorBudgetBurnsSlowly,
      severity: "ticket",
      expr: burning(burns.slow, failureRatio, errorBudget),
      for: "0s",
      summary: `Few requests fail, but enough to use up the month's error budget (${share(errorBudget)}) before the month ends.`,
      description: `${percentage} of visitors' requests failed.`,
      action: "see Failures by route on the Overview board, then npm run logs -- --route ROUTE --no-follow",
    },
    {
      name: alertNames.highLatency,
      severity: "ticket",
      expr: `(${burning([...burns.fast, ...burns.slow], slowRatio, slowBudget, isOldEnough)}) and on () ${answersIn("3d")} > ${fewAnswers}`,
      for: "0s",
      summary: `Answers are slow at a rate that uses up the month's latency budget: ${share(slowBudget)} may take longer than ${objectives.latency.seconds * 1000} ms.`,
      description: `${percentage} of the service's answers took longer.`,
      action:
        "compare the replicas' CPU and event loop delay on the Node board; if all are busy, config set resume:replicas to more",
    },
    {
      name: alertNames.redisDown,
      severity: "page",
      expr: `count(${exported.redis.up} == 0 or ${catalogue.redisUp.name} == 0) > 0 ${wasUp(exported.redis.up)}`,
      for: "15s",
      summary: "Redis does not answer: pages are served, but no message and no theme can be stored.",
      description: "Replicas and exporters that Redis does not answer: {{ $value }}.",
      action: "npm run logs -- --component redis --no-follow, then npm run up",
    },
    {
      name: alertNames.redisWriteFails,
      severity: "page",
      expr: `${exported.redis.aofLastWrite} == 0`,
      for: "10s",
      summary: "Redis can't write to its disk: it accepts no message, and a restart loses its last writes.",
      description: "The last write to the append-only file failed, as the exporter at {{ $labels.instance }} reports.",
      action: "df -h on the Docker host, and npm run logs -- --component redis --no-follow",
    },
    {
      name: alertNames.replicaMemoryNearLimit,
      severity: "ticket",
      expr: `${recorded.memoryByReplica} > ${nearLimit.memory} or ${recorded.heapByReplica} > ${nearLimit.memory}`,
      for: "5m",
      summary: "A replica uses almost all of its memory or of its heap. At the limit it dies.",
      description: `The replica {{ $labels.replica }} uses ${percentage} of its memory limit or of its heap limit.`,
      action:
        "see on the Node board whether the heap grows without end; until that is fixed, config set resume:memoryMb to more",
    },
    {
      name: alertNames.redisMemoryNearLimit,
      severity: "ticket",
      expr: `${recorded.redisMemory} > ${nearLimit.memory}`,
      for: "5m",
      summary: "Redis is almost full: it evicts sessions and cached data first, then it stores no message.",
      description: `Redis uses ${percentage} of its memory limit.`,
      action: "read and delete old messages (npm run messages); the Redis board shows what grows",
    },
    {
      name: alertNames.nginxConnectionsNearLimit,
      severity: "ticket",
      // The metric counts all workers' connections together; the number of workers is not exported.
      expr: `${recorded.nginxConnections} > ${nearLimit.connections}`,
      for: "1m",
      summary: "nginx has almost as many connections as one worker may have. With several workers there is room left.",
      description: `nginx has ${percentage} of a worker's limit.`,
      action:
        "npm run logs -- --component nginx: see whether a few clients hold many; if not, config set resume:nofile to more",
    },
    {
      name: alertNames.nginxConnectionsRefused,
      severity: "page",
      expr: `increase(${exported.nginx.accepted}[1m]) - increase(${exported.nginx.handled}[1m]) > 0`,
      // nginx updates the two counters one after the other, so a scrape may fall in between.
      for: "15s",
      summary: "nginx closes new connections without an answer: a worker has reached its limit.",
      description: "Connections closed in the last minute: about {{ $value | humanize }}.",
      action:
        "npm run logs -- --component nginx: see whether a few clients hold many; if not, config set resume:nofile to more",
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
      summary: "Prometheus gets no metrics of a component: its panels and alerts have no data.",
      description: "The scrapes of the job {{ $labels.job }} fail, or it has no target.",
      action: "npm run logs -- --component JOB-exporter --no-follow, then npm run up",
    },
    {
      name: alertNames.prometheusDiskNearLimit,
      severity: "ticket",
      expr: `${recorded.prometheusDisk} > ${nearLimit.disk}`,
      for: "1h",
      summary: "Prometheus has almost reached its disk limit. It then deletes its oldest data early.",
      description: `Prometheus uses ${percentage} of its disk limit.`,
      action:
        "find the metric with the most series by the query topk(5, count by (__name__) ({job=~'.+'})), or raise the limit in infra/system/prometheus.ts",
    },
    {
      name: alertNames.prometheusDiskFails,
      severity: "ticket",
      expr: `increase(${exported.prometheus.walWritesFailed}[10m]) + increase(${exported.prometheus.compactionsFailed}[10m]) > 0`,
      for: "0s",
      summary: "Prometheus can't write to its disk: metrics are lost.",
      description: "Writes that failed in 10 minutes: about {{ $value | humanize }}.",
      action: "df -h on the Docker host, and npm run logs -- --component prometheus --no-follow",
    },
  ];
}
