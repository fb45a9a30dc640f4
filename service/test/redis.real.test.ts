import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createLog } from "../src/log.ts";
import { METRICS } from "../src/metrics/catalogue.ts";
import { createMetrics } from "../src/metrics/metrics.ts";
import { connectRedis, type RedisStore } from "../src/store/redis.ts";
import { provideRedis, type RealRedis } from "./real-redis.ts";
import { type Answer, SESSION_KEY, type Service, sample, secretFile, startService, testConfig } from "./service.ts";

const HEAL_MS = 5_000;
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

let redis: RealRedis;
let store: RedisStore;
let service: Service;

before(async () => {
  redis = await provideRedis();
  const config = testConfig({
    REDIS_HOST: redis.host,
    REDIS_PORT: String(redis.port),
    SESSION_KEY_FILE: secretFile(SESSION_KEY),
    ...(redis.password === undefined ? {} : { REDIS_PASSWORD_FILE: secretFile(redis.password) }),
  });
  assert.ok(config.redis);
  const metrics = createMetrics("test");
  const log = createLog({ level: "error", base: {}, write: () => undefined });
  store = connectRedis(config.redis, metrics, log);
  service = await startService({ config, redis: store, metrics });
  await until("ready", async () => (await service.ask("/ready")).status === 200);
});

after(async () => {
  await service?.close();
  await store?.close();
  await redis?.close();
});

/** Waits until something holds; fails when it does not in time. @returns how long it took, in ms */
async function until(what: string, holds: () => Promise<boolean>, limitMs = HEAL_MS): Promise<number> {
  const start = performance.now();
  while (!(await holds())) {
    assert.ok(performance.now() - start < limitMs, `not ${what} within ${limitMs} ms`);
    await pause(50);
  }
  return performance.now() - start;
}

function choose(theme: string, cookie = ""): Promise<Answer> {
  return service.ask("/theme", { method: "POST", headers: { ...FORM, Cookie: cookie }, body: `theme=${theme}` });
}

async function themeShown(cookie: string): Promise<string | undefined> {
  const { status, text } = await service.ask("/", { headers: { Cookie: cookie } });
  assert.equal(status, 200);
  return /data-theme="(\w+)"/.exec(text)?.[1];
}

async function storeTheme(theme: string): Promise<string> {
  const answer = await choose(theme);
  assert.equal(answer.status, 303);
  return answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}

test("a session and cached data live in a real Redis", async () => {
  const cookie = await storeTheme("dark");
  assert.equal(await themeShown(cookie), "dark");
  const key = `test:${Date.now()}`;
  assert.equal(await store.get(key), undefined);
  await store.set(key, "é", 1);
  assert.equal(await store.get(key), "é");
  await pause(1_300);
  assert.equal(await store.get(key), undefined, "it is forgotten after its time");
  await service.ask("/api/resume/summary");
  assert.equal((await service.ask("/api/resume/summary")).headers["cache-status"], "resume-data; hit");
  assert.equal(await sample(service.metrics, METRICS.redisUp.name), 1);
});

for (const fault of ["killed", "silent"] as const) {
  test(`Redis ${fault}: the site goes on, says so, and heals by itself`, async (t) => {
    const cookie = await storeTheme("dark");
    await redis.hurt(fault);

    await until("noticed", async () => (await service.ask("/ready")).status === 503);
    const ready = await service.ask("/ready");
    assert.deepEqual(JSON.parse(ready.text).reasons, ["redis is away"]);
    assert.equal(await sample(service.metrics, METRICS.redisUp.name), 0);

    const start = performance.now();
    for (let index = 0; index < 20; index += 1) {
      assert.equal((await service.ask("/")).status, 200);
      assert.equal((await service.ask("/health")).status, 200);
      assert.equal(await themeShown(cookie), "system");
      assert.equal((await service.ask("/api/resume/summary")).headers["cache-status"], "resume-data; fwd=bypass");
    }
    assert.ok(performance.now() - start < 4_000, "nobody waits for a Redis that is away");
    assert.equal((await choose("light")).status, 503);

    // Long enough for the pauses between attempts to have grown to their longest.
    await pause(4_000);
    await redis.heal(fault);
    const healedMs = await until("ready again", async () => (await service.ask("/ready")).status === 200);
    t.diagnostic(`ready again ${Math.round(healedMs)} ms after Redis was back`);
    assert.equal(await themeShown(cookie), "dark", "the session outlived the fault");
    assert.equal((await choose("light")).status, 303);
    assert.equal(await sample(service.metrics, METRICS.redisUp.name), 1);
  });
}
