import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { createLog } from "../../service/src/log.ts";
import { createMetrics } from "../../service/src/metrics/metrics.ts";
import { connectRedis, type RedisStore } from "../../service/src/store/redis.ts";
import { SERVICE_ROOT, SESSION_KEY, type Service, startService, testConfig } from "../../service/test/service.ts";
import { provideRedis, type RealRedis } from "./support/real-redis.ts";

/** How often Redis is killed while messages come in. */
const KILLS = 20;
const SENDERS = 8;
const HEAL_MS = 10_000;

let redis: RealRedis;
let store: RedisStore;
let service: Service;
let env: Readonly<Record<string, string>>;

before(async () => {
  redis = await provideRedis();
  env = {
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    SESSION_KEY,
    CONTACT_LIMIT: "1000000",
    ...(redis.password === undefined ? {} : { REDIS_PASSWORD: redis.password }),
  };
  const config = testConfig(env);
  assert.ok(config.redis);
  const metrics = createMetrics({ replica: "test", version: "test" });
  const log = createLog({ level: "error", base: {}, write: () => undefined });
  store = connectRedis(config.redis, metrics, log);
  service = await startService({ config, redis: store, metrics });
  await until("ready", () => store.state() === "ready");
});

after(async () => {
  await service?.close();
  await store?.close();
  await redis?.close();
});

/** Waits until something holds; fails when it does not in time. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const limit = performance.now() + HEAL_MS;
  while (!holds()) {
    assert.ok(performance.now() < limit, `not ${what} within ${HEAL_MS} ms`);
    await pause(20);
  }
}

/** Sends a message. @returns the answer's status */
async function send(message: string): Promise<number> {
  const headers = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" };
  const body = new URLSearchParams({ name: "Ada", email: "ada@example.com", message }).toString();
  return (await service.ask("/contact", { method: "POST", headers, body })).status;
}

/** What the read-out program prints. */
async function formatMessages(...args: readonly string[]): Promise<string> {
  const program = [join(SERVICE_ROOT, "src", "messages.ts"), ...args];
  const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 100 * 1024 * 1024 };
  return (await promisify(execFile)(process.execPath, program, options)).stdout;
}

async function readMessages(): Promise<readonly string[]> {
  const lines = (await formatMessages("--json")).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const value: unknown = JSON.parse(line);
    assert.ok(typeof value === "object" && value !== null && "message" in value && typeof value.message === "string");
    return value.message;
  });
}

test("messages are read out as text and as JSON, oldest first, and from an id on", async () => {
  assert.equal(await formatMessages(), "No messages.\n");
  assert.equal(await send("first é"), 303);
  assert.equal(await send("second"), 303);
  const text = await formatMessages();
  assert.match(text, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}Ada <ada@example\.com> {2}\[\d+-\d+\]\n\n {2}first é\n\n/);
  assert.match(text, /2 messages\.\n$/);
  assert.deepEqual(await readMessages(), ["first é", "second"]);
  const id = /\[(\d+-\d+)\]/.exec(text)?.[1] ?? "";
  assert.match(await formatMessages("--after", id), /second[\s\S]*1 message\.\n$/);
});

test("messages before one of them are deleted for good, the others stay", async () => {
  const ids = [...(await formatMessages()).matchAll(/\[(\d+-\d+)\]/g)].map(([, id = ""]) => id);
  assert.equal(await formatMessages("--delete-before", ids[1] ?? ""), `1 message before ${ids[1]} deleted, 1 left.\n`);
  assert.deepEqual(await readMessages(), ["second"]);
  assert.equal(await formatMessages("--delete-before", ids[1] ?? ""), `0 messages before ${ids[1]} deleted, 1 left.\n`);
  assert.equal(await send("second"), 303);
  assert.equal(await send("first é"), 303, "what was deleted may come again");
  assert.deepEqual(await readMessages(), ["second", "first é"]);
});

test("the read-out says why it can't read", async () => {
  env = { ...env, REDIS_PORT: "1" };
  await assert.rejects(formatMessages(), /Redis can't be reached: .*ECONNREFUSED/);
  env = { ...env, REDIS_PORT: String(redis.port) };
  await assert.rejects(formatMessages("--nonsense"), /nonsense/);
});

test(`no accepted message is lost in ${KILLS} kills of Redis at random moments`, async (t) => {
  let running = true;
  const accepted: string[] = [];
  const refused: number[] = [];

  const sender = async (_: unknown, index: number): Promise<void> => {
    for (let number = 0; running; number += 1) {
      const message = `sender ${index} message ${number}`;
      const status = await send(message);
      if (status === 303) {
        accepted.push(message);
      } else {
        refused.push(status);
      }
      // Slow enough that the mailbox isn't full before the last kill.
      await pause(status === 303 ? 20 : 50);
    }
  };
  const senders = Array.from({ length: SENDERS }, sender);

  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = accepted.length;
      await until("taking messages", () => accepted.length > before);
      await pause(Math.random() * 500);
      await redis.hurt("killed");
      await redis.heal("killed");
    }
    await until("ready", () => store.state() === "ready");
  } finally {
    running = false;
    await Promise.all(senders);
  }

  t.diagnostic(`${accepted.length} accepted, ${refused.length} refused while Redis was away`);
  assert.deepEqual([...new Set(refused)], [503], "each kill was noticed, and said with 503");
  const stored = new Set(await readMessages());
  const lost = accepted.filter((message) => !stored.has(message));
  assert.deepEqual(lost, []);
});
