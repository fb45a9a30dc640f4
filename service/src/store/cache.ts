import type { CacheResult } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type Store, StoreUnavailable } from "./store.ts";

/** One kind of data that costs something to make. */
export interface CacheEntry<T> {
  /** Bounded: it is a label of the cache's metric. */
  readonly name: string;
  /** What the value depends on, such as the content's hash: another key, another value. */
  readonly key: string;
  readonly make: () => T;
  /** Guards what comes back from the store. */
  readonly is: (value: unknown) => value is T;
}

export interface Cached<T> {
  readonly value: T;
  readonly result: CacheResult;
}

/** A data cache in the store, shared by all replicas. When the store is away, values are made each time. */
export class DataCache {
  readonly #store: Store | undefined;
  readonly #ttlSeconds: number;
  readonly #metrics: Metrics;

  constructor(store: Store | undefined, ttlSeconds: number, metrics: Metrics) {
    this.#store = store;
    this.#ttlSeconds = ttlSeconds;
    this.#metrics = metrics;
  }

  /** The value from the cache, or made and stored. Never fails because of the store. */
  async read<T>(entry: CacheEntry<T>): Promise<Cached<T>> {
    const cached = await this.#find(entry);
    this.#metrics.cacheRequests.inc({ entry: entry.name, result: cached.result });
    return cached;
  }

  async #find<T>(entry: CacheEntry<T>): Promise<Cached<T>> {
    if (this.#store === undefined) return { value: entry.make(), result: "bypass" };
    const key = `cache:${entry.name}:${entry.key}`;
    try {
      const stored = parse(await this.#store.get(key));
      if (entry.is(stored)) return { value: stored, result: "hit" };
      const value = entry.make();
      await this.#store.set(key, JSON.stringify(value), this.#ttlSeconds);
      return { value, result: "miss" };
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return { value: entry.make(), result: "bypass" };
    }
  }
}

/** JSON from the store; text that isn't JSON counts as nothing stored, and is then overwritten. */
function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
