import { type Store, StoreUnavailable } from "../src/store/store.ts";

/** A store in memory for tests: its time and its reachability are the test's to set. */
export class MemoryStore implements Store {
  readonly values = new Map<string, { value: string; until: number }>();
  away = false;
  nowSeconds = 0;

  get(key: string): Promise<string | undefined> {
    if (this.away) return Promise.reject(new StoreUnavailable("the test says so"));
    const entry = this.values.get(key);
    return Promise.resolve(entry !== undefined && entry.until > this.nowSeconds ? entry.value : undefined);
  }

  set(key: string, value: string, ttlSeconds: number): Promise<void> {
    if (this.away) return Promise.reject(new StoreUnavailable("the test says so"));
    this.values.set(key, { value, until: this.nowSeconds + ttlSeconds });
    return Promise.resolve();
  }

  state(): "ready" | "away" {
    return this.away ? "away" : "ready";
  }
}
