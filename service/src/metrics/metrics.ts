import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { Counter, collectDefaultMetrics, Gauge, Histogram, type LabelValues, Registry } from "prom-client";
import type { Config } from "../config.ts";
import { catalogue, type MetricDefinition, messageResults, rejectedStatuses, sessionEvents } from "./catalogue.ts";
import { containerId } from "./container-id.ts";
import { RequestTally } from "./request-tally.ts";
import { TalliedHistogram } from "./tallied-histogram.ts";

/** The catalogue's metrics as prom-client objects in one registry. */
export interface Metrics {
  readonly registry: Registry;
  readonly httpDuration: TalliedHistogram;
  /** Requests in flight, as a plain number that is read on each scrape. */
  readonly httpInFlight: { now: number };
  readonly httpRequests: RequestTally;
  readonly httpAborted: Counter;
  readonly httpFailures: Counter;
  readonly httpRefused: Counter;
  readonly redisUp: Gauge;
  readonly redisConnections: Counter;
  readonly redisCommandDuration: Histogram;
  readonly sessions: Counter;
  readonly cacheRequests: Counter;
  readonly messages: Counter;
  readonly draining: Gauge;
}

/** Creates a registry with all metrics, Node's standard ones included. */
export function createMetrics({ replica, version }: Pick<Config, "replica" | "version">): Metrics {
  const registry = new Registry();
  const options = ({ name, help, labels }: MetricDefinition) => ({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  const counter = (metric: MetricDefinition): Counter => new Counter(options(metric));
  const gauge = (metric: MetricDefinition): Gauge => new Gauge(options(metric));
  const histogram = (metric: MetricDefinition): Histogram =>
    new Histogram({ ...options(metric), buckets: [...(metric.buckets ?? [])] });

  collectDefaultMetrics({ register: registry });
  const httpInFlight = { now: 0 };
  new Gauge({
    ...options(catalogue.httpInFlight),
    collect() {
      this.set(httpInFlight.now);
    },
  });
  const httpRequests = new RequestTally();
  new Counter({
    ...options(catalogue.httpRequests),
    collect() {
      httpRequests.flush(this);
    },
  });
  const { name, help, labels, buckets } = catalogue.httpDuration;
  const httpDuration = new TalliedHistogram(name, help, labels[0], buckets, registry);
  gauge(catalogue.buildInfo).set({ replica, version, node_version: process.version, container: containerId() }, 1);
  new Counter({
    ...options(catalogue.eventLoopActive),
    collect() {
      this.reset();
      this.inc(performance.eventLoopUtilization().active / 1000);
    },
  });
  // Without a limit, constrainedMemory() returns 0 or more than the machine has.
  gauge(catalogue.memoryLimit).set(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()));
  gauge(catalogue.heapLimit).set(getHeapStatistics().heap_size_limit);
  return {
    registry,
    httpDuration,
    httpInFlight,
    httpRequests,
    httpAborted: counter(catalogue.httpAborted),
    httpFailures: counter(catalogue.httpFailures),
    httpRefused: initLabels(counter(catalogue.httpRefused), "status", rejectedStatuses),
    redisUp: gauge(catalogue.redisUp),
    redisConnections: counter(catalogue.redisConnections),
    redisCommandDuration: histogram(catalogue.redisCommandDuration),
    sessions: initLabels(counter(catalogue.sessions), "event", sessionEvents),
    cacheRequests: counter(catalogue.cacheRequests),
    messages: initLabels(counter(catalogue.messages), "result", messageResults),
    draining: gauge(catalogue.draining),
  };
}

/**
 * Starts a counter at 0 for each value of its label: Prometheus sees the first increase only if there was a sample before.
 */
export function initLabels(
  counter: Counter,
  label: string,
  values: readonly string[],
  others: LabelValues<string> = {},
): Counter {
  for (const value of values) {
    counter.inc({ ...others, [label]: value }, 0);
  }
  return counter;
}
