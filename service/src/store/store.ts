/** The little that sessions and the data cache need of Redis. Tests give an implementation in memory. */
export interface Store {
  /**
   * The value of a key, undefined when there is none.
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  get(key: string): Promise<string | undefined>;
  /**
   * Stores a value that is forgotten after ttlSeconds.
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
}

/** The store is away. Callers fall back or answer 503; the site goes on. */
export class StoreUnavailable extends Error {
  constructor(reason: string) {
    super(`the store is not available: ${reason}`);
    this.name = "StoreUnavailable";
  }
}
