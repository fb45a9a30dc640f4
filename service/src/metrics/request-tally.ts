import type { Counter } from "prom-client";

interface Tallied {
  readonly labels: Readonly<Record<"route" | "method" | "status_class", string>>;
  requests: number;
}

/**
 * Counts requests in plain numbers, and hands them to the counter when Prometheus asks: finding a counter's labels costs
 * more than all else that is measured of a probe. So does a key that is put together of them, hence maps in maps.
 */
export class RequestTally {
  readonly #byLabels = new Map<string, Map<string, Map<string, Tallied>>>();
  readonly #all: Tallied[] = [];

  count(route: string, method: string, status_class: string): void {
    const known = this.#byLabels.get(route)?.get(method)?.get(status_class) ?? this.#add(route, method, status_class);
    known.requests++;
  }

  /** Begins with 0, as `initLabels` does for counters; once, and before anything is counted. */
  initLabels(route: string, method: string, status_class: string): void {
    this.#add(route, method, status_class);
  }

  #add(route: string, method: string, status_class: string): Tallied {
    const added = { labels: { route, method, status_class }, requests: 0 };
    const byMethod = this.#byLabels.get(route) ?? new Map<string, Map<string, Tallied>>();
    const byClass = byMethod.get(method) ?? new Map<string, Tallied>();
    this.#byLabels.set(route, byMethod.set(method, byClass.set(status_class, added)));
    this.#all.push(added);
    return added;
  }

  /** Adds what was counted since the last time. */
  flush(counter: Counter): void {
    for (const tallied of this.#all) {
      counter.inc(tallied.labels, tallied.requests);
      tallied.requests = 0;
    }
  }
}
