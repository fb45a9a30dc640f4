import { Redis } from "ioredis";
import type { RedisConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { redisCommands } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { redisScripts } from "./scripts.ts";
import { type ServiceStore, StoreUnavailable } from "./store.ts";

/** A connection to Redis. While Redis is down, calls fail at once; the connection recovers by itself. */
export interface RedisStore extends ServiceStore {
  /** Closes the connection; waits a moment for commands under way. */
  close(): Promise<void>;
}

/** Timeout of a command. A healthy Redis answers in about 1 ms. */
const commandTimeoutMs = 500;
const connectTimeoutMs = 1_000;
/** Backoff between attempts to connect: the service recovers well within 5 seconds. */
const retryMinMs = 100;
const retryMaxMs = 1_000;
/** Ping interval. It detects a connection that is dead but not closed (paused Redis, cut network). */
const heartbeatMs = 1_000;
/** A connection without a reply to a pending command for this long is reconnected. */
const socketTimeoutMs = 1_500;
/** How often the log repeats the reason while Redis is down. */
const logIntervalMs = 60_000;

/** A label of the commands' metric. */
type CommandName = (typeof redisCommands)[number];

export function connectRedis(config: RedisConfig, metrics: Metrics, log: Log): RedisStore {
  const client = new Redis({
    host: config.host,
    port: config.port,
    password: config.password,
    connectionName: "resume",
    scripts: redisScripts,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    socketTimeout: socketTimeoutMs,
    // No queue and no resending: callers get a failure at once.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(retryMinMs * 2 ** Math.min(attempt, 10), retryMaxMs),
  });

  let up = false;
  let everUp = false;
  let lastReason = "the connection was closed";
  let complainedAt = Number.NEGATIVE_INFINITY;

  const becomeUp = (): void => {
    up = true;
    everUp = true;
    metrics.redisUp.set(1);
    metrics.redisConnections.inc();
    log.info("redis is ready", { host: config.host, port: config.port });
  };

  const becomeAway = (): void => {
    if (up) {
      log.warn("redis is down; the site works without sessions and data cache", { reason: lastReason });
    }
    up = false;
    metrics.redisUp.set(0);
  };

  // Every attempt fails alike, so the reason is logged at intervals.
  client.on("error", (error) => {
    lastReason = error.message;
    if (up || performance.now() - complainedAt < logIntervalMs) {
      return;
    }
    complainedAt = performance.now();
    log.warn("redis can't be reached", { host: config.host, port: config.port, reason: lastReason });
  });
  client.on("ready", becomeUp);
  client.on("close", becomeAway);
  metrics.redisUp.set(0);

  /** Runs one command and measures it. @throws {StoreUnavailable} on every failure */
  const run = async <T>(command: CommandName, action: () => Promise<T>): Promise<T> => {
    if (client.status !== "ready") {
      throw new StoreUnavailable(`redis is ${client.status}`);
    }
    const end = metrics.redisCommandDuration.startTimer({ command });
    try {
      const reply = await action();
      end({ result: "ok" });
      return reply;
    } catch (error) {
      end({ result: "error" });
      throw new StoreUnavailable(reasonOf(error));
    }
  };

  const heartbeat = setInterval(async () => {
    if (client.status !== "ready") {
      return;
    }
    try {
      await run("ping", () => client.ping());
      if (!up) {
        up = true;
        metrics.redisUp.set(1);
      }
    } catch (error) {
      lastReason = reasonOf(error);
      becomeAway();
    }
  }, heartbeatMs);
  heartbeat.unref();

  return {
    set: async (key, value, ttlSeconds) => {
      await run("set", () => client.set(key, value, "EX", ttlSeconds));
    },
    remove: async (key) => {
      await run("remove", () => client.del(key));
    },
    touch: async (key, ttlSeconds) => {
      await run("touch", () => client.expire(key, ttlSeconds));
    },
    read: async (key) => {
      const [value, leftMs] = list(await run("read", () => client.readWithTtl(key)));
      return typeof value === "string" && typeof leftMs === "number" ? { value, leftMs } : undefined;
    },
    lock: async (name, owner, ttlMs) =>
      (await run("lock", () => client.set(`lock:${name}`, owner, "PX", ttlMs, "NX"))) === "OK",
    unlock: async (name, owner) => {
      await run("unlock", () => client.releaseLock(`lock:${name}`, owner));
    },
    count: async (key, ttlSeconds) => {
      const [count, leftSeconds] = list(await run("count", () => client.increment(key, ttlSeconds)));
      return { count: Number(count), leftSeconds: Number(leftSeconds) };
    },
    swap: async ({ key, from, to = "", ttlSeconds }) =>
      (await run("swap", () => client.compareAndSwap(key, from, to, ttlSeconds))) === 1,
    append: async (stream, fields, { maxLength, once, spend }) => {
      const keys = [stream, once.key, ...(spend === undefined ? [] : [spend.key])];
      const { from = "", to = "", ttlSeconds = 0 } = spend ?? {};
      const entry = Object.entries(fields).flat();
      const args = [maxLength, once.ttlSeconds, from, to, ttlSeconds, ...entry];
      const reply = await run("append", () => client.appendOnce(keys.length, ...keys, ...args));
      return reply === "full" || reply === "spent" ? reply : { id: String(reply) };
    },
    state: () => (up ? "ready" : everUp ? "away" : "connecting"),
    close: async () => {
      clearInterval(heartbeat);
      if (client.status === "ready") {
        await client.quit().catch((error) => log.warn("redis did not answer QUIT", { reason: reasonOf(error) }));
      }
      client.disconnect();
    },
  };
}

function list(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
