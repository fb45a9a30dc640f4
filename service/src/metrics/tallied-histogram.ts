import { Histogram, type Registry } from "prom-client";

interface Tally {
  /** Observations per bucket, not cumulative. The last count is of those above all bounds. */
  readonly counts: number[];
  sum: number;
}

/**
 * A histogram with one label, for observations of every request. It keeps plain numbers, where prom-client concatenates
 * the labels to a key for each observation.
 */
export class TalliedHistogram extends Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #label: string;
  readonly #bounds: readonly number[];
  readonly #tallies = new Map<string, Tally>();

  /** @param buckets upper bounds, ascending */
  constructor(name: string, help: string, label: string, buckets: readonly number[], registry: Registry) {
    super({ name, help, labelNames: [label], buckets: [...buckets], registers: [registry] });
    this.#name = name;
    this.#help = help;
    this.#label = label;
    this.#bounds = buckets;
  }

  /** Adds an observation for a value of the label. */
  tally(labelValue: string, observed: number): void {
    const tally = this.#tallies.get(labelValue) ?? this.#add(labelValue);
    let bucket = 0;
    for (const bound of this.#bounds) {
      if (observed <= bound) {
        break;
      }
      bucket++;
    }
    tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
    tally.sum += observed;
  }

  #add(labelValue: string): Tally {
    const added = { counts: [...this.#bounds, Number.POSITIVE_INFINITY].map(() => 0), sum: 0 };
    this.#tallies.set(labelValue, added);
    return added;
  }

  /** prom-client's registry and `get()` call this. */
  getForPromString() {
    return {
      name: this.#name,
      help: this.#help,
      type: "histogram",
      aggregator: "sum",
      values: [...this.#tallies].flatMap(([labelValue, tally]) => this.#values(labelValue, tally)),
    };
  }

  #values(labelValue: string, { counts, sum }: Tally) {
    const sharedLabels = { [this.#label]: labelValue };
    let count = 0;
    const buckets = [...this.#bounds, "+Inf"].map((le, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${this.#name}_bucket`, labels: { le }, sharedLabels, value: count };
    });
    return [
      ...buckets,
      { metricName: `${this.#name}_sum`, labels: {}, sharedLabels, value: sum },
      { metricName: `${this.#name}_count`, labels: {}, sharedLabels, value: count },
    ];
  }
}
