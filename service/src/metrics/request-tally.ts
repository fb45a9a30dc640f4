import type { Counter } from "prom-client";

/**
 * Counts requests in plain numbers, and hands them to the counter when Prometheus asks: finding a counter's labels costs
 * more than all else that is measured of a probe.
 */
export class RequestTally {
  readonly #counts = new Map<string, { readonly labels: Readonly<Record<string, string>>; requests: number }>();

  count(route: string, method: string, status_class: string): void {
    const key = `${route} ${method} ${status_class}`;
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels: { route, method, status_class }, requests: 1 });
    else known.requests++;
  }

  /** Adds what was counted since the last time. */
  handTo(counter: Counter): void {
    for (const known of this.#counts.values()) {
      counter.inc(known.labels, known.requests);
      known.requests = 0;
    }
  }
}
