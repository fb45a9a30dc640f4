import {
  type Appended,
  type AppendLimits,
  type ServiceStore,
  StoreUnavailable,
  type Swap,
} from "../src/store/store.ts";

/** A store in memory for tests: its time and its reachability are the test's to set. */
export class MemoryStore implements ServiceStore {
  readonly values = new Map<string, { value: string; until: number }>();
  readonly streams = new Map<string, Readonly<Record<string, string>>[]>();
  away = false;
  nowSeconds = 0;

  async set(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.#reach();
    this.values.set(key, { value, until: this.nowSeconds + ttlSeconds });
  }

  async touch(key: string, ttlSeconds: number): Promise<void> {
    const entry = this.#find(key);
    if (entry !== undefined) {
      entry.until = this.nowSeconds + ttlSeconds;
    }
  }

  async remove(key: string): Promise<void> {
    this.#reach();
    this.values.delete(key);
  }

  async read(key: string): Promise<{ value: string; leftMs: number } | undefined> {
    const entry = this.#find(key);
    return entry && { value: entry.value, leftMs: (entry.until - this.nowSeconds) * 1000 };
  }

  async lock(name: string, owner: string, ttlMs: number): Promise<boolean> {
    if (this.#find(`lock:${name}`) !== undefined) {
      return false;
    }
    this.values.set(`lock:${name}`, { value: owner, until: this.nowSeconds + ttlMs / 1000 });
    return true;
  }

  async unlock(name: string, owner: string): Promise<void> {
    if (this.#find(`lock:${name}`)?.value === owner) {
      this.values.delete(`lock:${name}`);
    }
  }

  async count(key: string, ttlSeconds: number): Promise<{ count: number; leftSeconds: number }> {
    const found = await this.read(key);
    const count = Number(found?.value ?? 0) + 1;
    const leftSeconds = found === undefined ? ttlSeconds : found.leftMs / 1000;
    await this.set(key, String(count), leftSeconds);
    return { count, leftSeconds };
  }

  async swap({ key, from, to, ttlSeconds }: Swap): Promise<boolean> {
    if (this.#find(key)?.value !== from) {
      return false;
    }
    if (to === undefined) {
      this.values.delete(key);
    } else {
      this.values.set(key, { value: to, until: this.nowSeconds + ttlSeconds });
    }
    return true;
  }

  async append(
    stream: string,
    fields: Readonly<Record<string, string>>,
    { maxLength, once, spend }: AppendLimits,
  ): Promise<Appended> {
    const there = this.#find(once.key);
    if (there !== undefined) {
      return { id: there.value };
    }
    const entries = this.streams.get(stream) ?? [];
    if (spend !== undefined && this.#find(spend.key)?.value !== spend.from) {
      return "spent";
    }
    if (entries.length >= maxLength) {
      return "full";
    }
    if (spend !== undefined) {
      void this.swap(spend);
    }
    this.streams.set(stream, [...entries, fields]);
    const id = `${entries.length}-0`;
    await this.set(once.key, id, once.ttlSeconds);
    return { id };
  }

  state(): "ready" | "away" {
    return this.away ? "away" : "ready";
  }

  #find(key: string): { value: string; until: number } | undefined {
    this.#reach();
    const entry = this.values.get(key);
    return entry !== undefined && entry.until > this.nowSeconds ? entry : undefined;
  }

  #reach(): void {
    if (this.away) {
      throw new StoreUnavailable("the test says so");
    }
  }
}
