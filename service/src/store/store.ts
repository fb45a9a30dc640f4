/** Values by key. All of the service's data in Redis goes through these interfaces; tests give an implementation in memory. */
export interface Store {
  /**
   * The value of a key, undefined when there is none.
   * @throws {StoreUnavailable} when the store can't be reached in time, as every method here
   */
  get(key: string): Promise<string | undefined>;
  /** Stores a value that is forgotten after ttlSeconds. */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What a cache that several replicas share needs. */
export interface CacheStore extends Store {
  /** A value together with the time until it is forgotten. */
  read(key: string): Promise<{ readonly value: string; readonly leftMs: number } | undefined>;
  /** Takes the lock of that name for ttlMs at most, unless somebody has it. The owner is a text that nobody else uses. */
  lock(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Gives the lock back, if it is still the owner's. */
  unlock(name: string, owner: string): Promise<void>;
}

/** What a rate limit needs. */
export interface CountStore {
  /** Counts one up; the count is forgotten ttlSeconds after it began. */
  count(key: string, ttlSeconds: number): Promise<{ readonly count: number; readonly leftSeconds: number }>;
}

/** A list that only grows. */
export interface StreamStore {
  /**
   * Adds an entry; nothing is ever dropped for it.
   * @returns its id, or undefined when the stream holds maxLength entries already
   */
  append(stream: string, fields: Readonly<Record<string, string>>, maxLength: number): Promise<string | undefined>;
}

export type StoreState = "ready" | "connecting" | "away";

/** All of it, and whether it can be used right now. */
export interface ServiceStore extends CacheStore, CountStore, StreamStore {
  /** "ready", or why it can't be used right now. */
  state(): StoreState;
}

/** The store is away. Callers fall back or answer 503; the site goes on. */
export class StoreUnavailable extends Error {
  constructor(reason: string) {
    super(`the store is not available: ${reason}`);
    this.name = "StoreUnavailable";
  }
}
