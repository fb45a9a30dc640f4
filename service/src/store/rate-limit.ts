import { createHmac } from "node:crypto";
import { isIPv6 } from "node:net";
import type { CountStore } from "./store.ts";

export interface Limit {
  /** How often within the time. */
  readonly max: number;
  readonly seconds: number;
}

/** A rate limit per client, shared by all replicas. */
export class RateLimit {
  readonly #store: CountStore;
  readonly #name: string;
  readonly #key: string;
  readonly #limit: Limit;

  constructor(store: CountStore, name: string, key: string, limit: Limit) {
    this.#store = store;
    this.#name = name;
    this.#key = key;
    this.#limit = limit;
  }

  /**
   * Counts one more.
   * @returns undefined when allowed, else the seconds until it is allowed again
   * @throws {StoreUnavailable} when the store can't be reached in time
   */
  async take(address: string): Promise<number | undefined> {
    const { max, seconds } = this.#limit;
    const { count, leftSeconds } = await this.#store.count(`limit:${this.#name}:${this.#client(address)}`, seconds);
    return count <= max ? undefined : Math.max(1, leftSeconds);
  }

  /** Addresses are personal data, so the store gets a keyed hash only. */
  #client(address: string): string {
    return createHmac("sha256", this.#key).update(network(address)).digest("base64url").slice(0, 22);
  }
}

/** Returns the client's key: an IPv4 address, or the /64 network of an IPv6 address (one subscriber). */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) {
    return mapped;
  }
  if (!isIPv6(address)) {
    return address;
  }
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0"), ...back];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
