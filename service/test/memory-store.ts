import { type AppendLimits, type ServiceStore, StoreUnavailable } from "../src/store/store.ts";

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
    if (entry !== undefined) entry.until = this.nowSeconds + ttlSeconds;
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
    if (this.#find(`lock:${name}`) !== undefined) return false;
    this.values.set(`lock:${name}`, { value: owner, until: this.nowSeconds + ttlMs / 1000 });
    return true;
  }

  async unlock(name: string, owner: string): Promise<void> {
    if (this.#find(`lock:${name}`)?.value === owner) this.values.delete(`lock:${name}`);
  }

  async count(key: string, ttlSeconds: number): Promise<{ count: number; leftSeconds: number }> {
    const found = await this.read(key);
    const count = Number(found?.value ?? 0) + 1;
    const leftSeconds = found === undefined ? ttlSeconds : found.leftMs / 1000;
    await this.set(key, String(count), leftSeconds);
    return { count, leftSeconds };
  }

  async append(
    stream: string,
    fields: Readonly<Record<string, string>>,
    { maxLength, once }: AppendLimits,
  ): Promise<string | undefined> {
    const there = this.#find(once.key);
    if (there !== undefined) return there.value;
    const entries = this.streams.get(stream) ?? [];
    if (entries.length >= maxLength) return undefined;
    this.streams.set(stream, [...entries, fields]);
    const id = `${entries.length}-0`;
    await this.set(once.key, id, once.ttlSeconds);
    return id;
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
    if (this.away) throw new StoreUnavailable("the test says so");
  }
}
