/** Values by key. All of the service's data in Redis goes through these interfaces; tests give an implementation in memory. */
export interface Store {
  /**
   * The value of a key and the time until it is forgotten, undefined when there is none.
   * @throws {StoreUnavailable} when the store can't be reached in time, as every method here
   */
  read(key: string): Promise<{ readonly value: string; readonly leftMs: number } | undefined>;
  /** Stores a value that is forgotten after ttlSeconds. */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  remove(key: string): Promise<void>;
}

/** What sessions need. */
export interface SessionStore extends Store {
  /** Lets the time of a value that is there start anew: it is forgotten after ttlSeconds. */
  touch(key: string, ttlSeconds: number): Promise<void>;
  /** Changes a value that nobody has changed meanwhile. @returns whether it did */
  swap(swap: Swap): Promise<boolean>;
}

/** A value that becomes another one, or none, if it still is what was read. */
export interface Swap {
  readonly key: string;
  readonly from: string;
  /** Undefined removes the value. */
  readonly to: string | undefined;
  readonly ttlSeconds: number;
}

/** What a cache that several replicas share needs. */
export interface CacheStore extends Store {
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

/** What a list of entries takes. */
export interface AppendLimits {
  /** How many entries there may be; nothing is ever dropped for a new one. */
  readonly maxLength: number;
  /** An entry with this key is not added again as long as the key is remembered. */
  readonly once: { readonly key: string; readonly ttlSeconds: number };
  /** The right to add the entry, which is used up in the same step. Without one, none is needed. */
  readonly spend?: Swap | undefined;
}

/** What became of an entry: its id, that the list is full, or that the right to add it is used up. */
export type Appended = { readonly id: string } | "full" | "spent";

/** A list that grows by what the service adds, and shrinks by the operator's hand only. */
export interface StreamStore {
  /**
   * Adds an entry, once. One that is there already for the same key counts as added, and leaves the right as it is.
   */
  append(stream: string, fields: Readonly<Record<string, string>>, limits: AppendLimits): Promise<Appended>;
}

export type StoreState = "ready" | "connecting" | "away";

/** All of it, and whether it can be used right now. */
export interface ServiceStore extends SessionStore, CacheStore, CountStore, StreamStore {
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
