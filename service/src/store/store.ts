/** Values by key. The service reaches Redis through these interfaces only; tests implement them in memory. */
export interface Store {
  /**
   * Returns a value and its time to live; undefined when there is none.
   * @throws {StoreUnavailable} when the store can't be reached in time, as every method here
   */
  read(key: string): Promise<{ readonly value: string; readonly leftMs: number } | undefined>;
  /** Stores a value that expires after ttlSeconds. */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What sessions need. */
export interface SessionStore extends Store {
  /** Restarts the time to live of an existing value. */
  touch(key: string, ttlSeconds: number): Promise<void>;
  /** Compare-and-swap. @returns whether the value was replaced */
  swap(swap: Swap): Promise<boolean>;
}

/** Arguments of compare-and-swap. */
export interface Swap {
  readonly key: string;
  readonly from: string;
  /** Undefined removes the value. */
  readonly to: string | undefined;
  readonly ttlSeconds: number;
}

/** What a cache that several replicas share needs. */
export interface CacheStore extends Store {
  /** Acquires a lock for ttlMs at most. The owner is a unique text. @returns whether it was free */
  lock(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Releases the lock if it still belongs to the owner. */
  unlock(name: string, owner: string): Promise<void>;
}

/** What a rate limit needs. */
export interface CountStore {
  /** Increments a counter, which expires ttlSeconds after its first increment. */
  count(key: string, ttlSeconds: number): Promise<{ readonly count: number; readonly leftSeconds: number }>;
}

/** Conditions of an append. */
export interface AppendLimits {
  /** Maximum number of entries. Old entries are never dropped for new ones. */
  readonly maxLength: number;
  /** Deduplication: an entry with this key is not added again within ttlSeconds. */
  readonly once: { readonly key: string; readonly ttlSeconds: number };
  /** A one-time right to add the entry: this swap happens in the same step. Undefined when no right is needed. */
  readonly spend?: Swap | undefined;
}

/** Result of an append: the entry's id; "full": maximum reached; "spent": the right was used already. */
export type Appended = { readonly id: string } | "full" | "spent";

/** An append-only list. Only the operator deletes entries. */
export interface StreamStore {
  /**
   * Adds an entry once. A duplicate counts as added and leaves the right unused.
   */
  append(stream: string, fields: Readonly<Record<string, string>>, limits: AppendLimits): Promise<Appended>;
}

export type StoreState = "ready" | "connecting" | "away";

/** All interfaces, and the state of the connection. */
export interface ServiceStore extends SessionStore, CacheStore, CountStore, StreamStore {
  /** "ready", or why the store is unavailable. */
  state(): StoreState;
}

/** The store is unavailable. Callers fall back or answer 503. */
export class StoreUnavailable extends Error {
  constructor(reason: string) {
    super(`the store is not available: ${reason}`);
    this.name = "StoreUnavailable";
  }
}
