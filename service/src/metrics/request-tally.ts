import type { Counter } from "prom-client";

interface Tallied {
  readonly labels: Readonly<Record<"route" | "method" | "status_class", string>>;
  requests: number;
}

/**
 * Counts requests in plain numbers, and adds them to the counter on each scrape. A label lookup in prom-client costs more
 * than all other measuring of a probe. So does concatenating labels to a key, hence nested maps.
 */
export class RequestTally {
  readonly #byLabels = new Map<string, Map<string, Map<string, Tallied>>>();
  readonly #all: Tallied[] = [];

  count(route: string, method: string, status_class: string): void {
    const known = this.#byLabels.get(route)?.get(method)?.get(status_class) ?? this.#add(route, method, status_class);
    known.requests++;
  }

  /** Starts a series at 0, as `initLabels` does for counters. Call it once, before anything is counted. */
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

  /** Adds the requests since the last flush to the counter. */
  flush(counter: Counter): void {
    for (const tallied of this.#all) {
      counter.inc(tallied.labels, tallied.requests);
      tallied.requests = 0;
    }
  }
}
