import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { errorFields, type Fields, type Log } from "../log.ts";
import type { CacheResult } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type CacheStore, StoreUnavailable } from "./store.ts";

/** A cacheable value that is expensive to compute. */
export interface CacheEntry<T> {
  /** Bounded: it is a label of the cache's metric. */
  readonly name: string;
  /** What the value depends on, such as the content's hash: another key, another value. */
  readonly key: string;
  readonly make: () => T | Promise<T>;
  /** Guards what comes back from the store. */
  readonly is: (value: unknown) => value is T;
  /** The request that asks for it, for the log. */
  readonly requestId?: string;
}

export interface Cached<T> {
  readonly value: T;
  readonly result: CacheResult;
}

/** A value is stale after its TTL, and is still served for this many TTLs while it is refreshed. */
const staleTimes = 10;
/** TTL of a lock, in case the replica that holds it dies. */
const lockMs = 5_000;
/** Polling interval and timeout while another replica holds the lock. */
const pollMs = 25;
const waitMs = 2_000;

/**
 * A data cache in the store, shared by all replicas. One replica computes a value at a time, once for all that wait. A
 * stale value is served at once while one replica refreshes it. Without the store each replica computes for itself.
 */
export class DataCache {
  readonly #store: CacheStore | undefined;
  readonly #ttlSeconds: number;
  readonly #metrics: Metrics;
  readonly #log: Log;
  /** Loads in flight, by key. */
  readonly #loading = new Map<string, Promise<Cached<unknown>>>();
  /** Keys of background refreshes in flight. */
  readonly #refreshing = new Set<string>();

  constructor(store: CacheStore | undefined, ttlSeconds: number, metrics: Metrics, log: Log) {
    this.#store = store;
    this.#ttlSeconds = ttlSeconds;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Reads a value through the cache. Never fails because of the store. */
  async read<T>(entry: CacheEntry<T>): Promise<Cached<T>> {
    const cached = await this.#find(entry);
    this.#metrics.cacheRequests.inc({ entry: entry.name, result: cached.result });
    return cached;
  }

  async #find<T>(entry: CacheEntry<T>): Promise<Cached<T>> {
    const store = this.#store;
    if (store === undefined) {
      return this.#computeAlone(entry);
    }
    try {
      const found = await this.#lookUp(store, entry);
      if (found === undefined) {
        return await this.#join(entry, () => this.#computeOrWait(store, entry));
      }
      if (found.result === "stale") {
        this.#refresh(store, entry);
      }
      return found;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) {
        throw error;
      }
      return this.#computeAlone(entry);
    }
  }

  /** Shares a load in flight with concurrent callers. */
  async #join<T>(entry: CacheEntry<T>, action: () => Promise<Cached<T>>): Promise<Cached<T>> {
    const key = storeKey(entry);
    const loading = this.#loading.get(key);
    if (loading !== undefined) {
      const { value } = await loading;
      if (entry.is(value)) {
        return { value, result: "shared" };
      }
    }
    const own = action();
    this.#loading.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#loading.get(key) === own) {
        this.#loading.delete(key);
      }
    }
  }

  #computeAlone<T>(entry: CacheEntry<T>): Promise<Cached<T>> {
    return this.#join(entry, async () => ({ value: await entry.make(), result: "bypass" }));
  }

  async #lookUp<T>(store: CacheStore, entry: CacheEntry<T>): Promise<Cached<T> | undefined> {
    const stored = await store.read(storeKey(entry));
    const value = stored === undefined ? undefined : parse(stored.value);
    if (stored === undefined || !entry.is(value)) {
      return undefined;
    }
    return { value, result: stored.leftMs > this.#ttlSeconds * staleTimes * 1000 ? "hit" : "stale" };
  }

  /** Computes the value, or waits for the replica that holds the lock. */
  async #computeOrWait<T>(store: CacheStore, entry: CacheEntry<T>): Promise<Cached<T>> {
    const owner = randomUUID();
    const until = performance.now() + waitMs;
    while (!(await store.lock(storeKey(entry), owner, lockMs))) {
      await pause(pollMs);
      const found = await this.#lookUp(store, entry);
      if (found !== undefined) {
        return { value: found.value, result: "shared" };
      }
      if (performance.now() > until) {
        return { value: await entry.make(), result: "bypass" };
      }
    }
    return this.#computeWithLock(store, entry, owner);
  }

  async #computeWithLock<T>(store: CacheStore, entry: CacheEntry<T>, owner: string): Promise<Cached<T>> {
    try {
      // Another replica may have stored the value just before it released the lock.
      const found = await this.#lookUp(store, entry);
      if (found !== undefined && found.result === "hit") {
        return { value: found.value, result: "shared" };
      }
      const value = await entry.make();
      await this.#keep(store, entry, value);
      return { value, result: "miss" };
    } finally {
      await this.#logFailure(entry, "a lock could not be released; it expires by itself", () =>
        store.unlock(storeKey(entry), owner),
      );
    }
  }

  /** Refreshes a stale value in the background, unless a refresh is in flight. */
  async #refresh<T>(store: CacheStore, entry: CacheEntry<T>): Promise<void> {
    const key = storeKey(entry);
    if (this.#refreshing.has(key)) {
      return;
    }
    this.#refreshing.add(key);
    try {
      const owner = randomUUID();
      if (await store.lock(key, owner, lockMs)) {
        await this.#computeWithLock(store, entry, owner);
      }
    } catch (error) {
      this.#log.warn("a stale value could not be refreshed", { ...logFields(entry), ...errorFields(error) });
    } finally {
      this.#refreshing.delete(key);
    }
  }

  /** Stores a value. A failure is only logged. */
  async #keep<T>(store: CacheStore, entry: CacheEntry<T>, value: T): Promise<void> {
    await this.#logFailure(entry, "a value could not be stored", () =>
      store.set(storeKey(entry), JSON.stringify(value), this.#ttlSeconds * (1 + staleTimes)),
    );
  }

  async #logFailure(entry: CacheEntry<unknown>, what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) {
        throw error;
      }
      this.#log.warn(what, { ...logFields(entry), ...errorFields(error) });
    }
  }
}

/** Log fields of an entry. */
function logFields({ name, requestId }: Pick<CacheEntry<unknown>, "name" | "requestId">): Fields {
  return { entry: name, requestId };
}

function storeKey(entry: Pick<CacheEntry<unknown>, "name" | "key">): string {
  return `cache:${entry.name}:${entry.key}`;
}

/** Parses JSON from the store. Invalid JSON counts as a miss and is overwritten. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
