import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createLog } from "../../service/src/log.ts";
import { catalogue } from "../../service/src/metrics/catalogue.ts";
import { createMetrics } from "../../service/src/metrics/metrics.ts";
import { connectRedis, type RedisStore } from "../../service/src/store/redis.ts";
import {
  type Answer,
  SESSION_KEY,
  type Service,
  sample,
  secretFile,
  startService,
  testConfig,
} from "../../service/test/service.ts";
import { provideRedis, type RealRedis } from "./support/real-redis.ts";

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
  const metrics = createMetrics({ replica: "test", version: "test" });
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

function write(): Promise<Answer> {
  const body = "name=Ada&email=ada@example.com&message=What+I+wrote";
  return service.ask("/contact", { method: "POST", headers: { ...FORM, "Sec-Fetch-Site": "same-origin" }, body });
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
  assert.equal(await store.read(key), undefined);
  await store.set(key, "é", 3);
  assert.equal((await store.read(key))?.value, "é");
  await pause(3_300);
  assert.equal(await store.read(key), undefined, "it is forgotten after its time");
  await service.ask("/api/resume/summary");
  assert.equal((await service.ask("/api/resume/summary")).headers["cache-status"], "resume-data; hit");
  assert.equal(await sample(service.metrics, catalogue.redisUp.name), 1);
});

test("locks, counts and streams do in a real Redis what the service needs", async () => {
  const name = `test-${Date.now()}`;
  assert.equal(await store.lock(name, "one", 60_000), true);
  assert.equal(await store.lock(name, "two", 60_000), false);
  await store.unlock(name, "two");
  assert.equal(await store.lock(name, "two", 60_000), false, "another's lock is not given back");
  await store.unlock(name, "one");
  assert.equal(await store.lock(name, "two", 50), true);
  await pause(100);
  assert.equal(await store.lock(name, "three", 50), true, "a lock ends by itself");

  assert.deepEqual(await store.count(name, 60), { count: 1, leftSeconds: 60 });
  const second = await store.count(name, 600);
  assert.equal(second.count, 2);
  assert.ok(second.leftSeconds <= 60, "the time is that of the first");

  await store.set(`${name}:read`, "value", 60);
  const read = await store.read(`${name}:read`);
  assert.equal(read?.value, "value");
  assert.ok(read.leftMs > 50_000 && read.leftMs <= 60_000);
  await store.touch(`${name}:read`, 120);
  assert.ok(((await store.read(`${name}:read`))?.leftMs ?? 0) > 110_000, "its time starts anew");
  await store.remove(`${name}:read`);
  await store.touch(`${name}:read`, 60);
  assert.equal(await store.read(`${name}:read`), undefined);

  const entry = { name: "é", text: "a\nb" };
  const append = (key: string) =>
    store.append(`${name}:stream`, entry, { maxLength: 2, once: { key: `${name}:${key}`, ttlSeconds: 60 } });
  const first = await append("one");
  assert.ok(typeof first === "object" && /^\d+-\d+$/.test(first.id));
  assert.deepEqual(await append("one"), first, "it is there already");
  assert.notDeepEqual(await append("two"), first);
  assert.equal(await append("three"), "full", "a full stream takes nothing");
  await store.remove(`${name}:stream`);
  assert.notDeepEqual(await append("one"), first, "what was deleted is added again");

  const right = { key: `${name}:right`, from: "may send", ttlSeconds: 60 };
  await store.set(right.key, right.from, 60);
  const spending = (key: string, to: string | undefined) =>
    store.append(`${name}:spent`, entry, {
      maxLength: 9,
      once: { key: `${name}:${key}`, ttlSeconds: 60 },
      spend: { ...right, to },
    });
  const atOnce = await Promise.all(["a", "b", "c", "d"].map((key) => spending(key, "used")));
  assert.equal(atOnce.filter((appended) => appended === "spent").length, 3);
  assert.equal((await store.read(right.key))?.value, "used");
  assert.equal(await store.swap({ ...right, to: "back" }), false, "it is not what it was");
  assert.equal(await store.swap({ ...right, from: "used", to: "may send" }), true);
  assert.notEqual(await spending("e", undefined), "spent");
  assert.equal(await store.read(right.key), undefined);
});

for (const fault of ["killed", "silent"] as const) {
  test(`Redis ${fault}: the site goes on, says so, and heals by itself`, async (t) => {
    const cookie = await storeTheme("dark");
    await redis.hurt(fault);

    await until("noticed", async () => (await service.ask("/ready")).status === 503);
    const ready = await service.ask("/ready");
    assert.deepEqual(JSON.parse(ready.text).reasons, ["redis is away"]);
    assert.equal(await sample(service.metrics, catalogue.redisUp.name), 0);

    const start = performance.now();
    for (let index = 0; index < 20; index += 1) {
      assert.equal((await service.ask("/")).status, 200);
      assert.equal((await service.ask("/health")).status, 200);
      assert.equal(await themeShown(cookie), "system");
      assert.equal((await service.ask("/api/resume/summary")).headers["cache-status"], "resume-data; fwd=bypass");
    }
    assert.ok(performance.now() - start < 4_000, "nobody waits for a Redis that is away");
    assert.equal((await choose("light")).status, 503);
    const unsent = await write();
    assert.equal(unsent.status, 503);
    assert.ok(unsent.text.includes("What I wrote</textarea>"), "the form keeps what was typed");

    // Long enough for the pauses between attempts to have grown to their longest.
    await pause(4_000);
    await redis.heal(fault);
    const healedMs = await until("ready again", async () => (await service.ask("/ready")).status === 200);
    t.diagnostic(`ready again ${Math.round(healedMs)} ms after Redis was back`);
    assert.equal(await themeShown(cookie), "dark", "the session outlived the fault");
    assert.equal((await choose("light")).status, 303);
    assert.equal((await write()).status, 303);
    assert.equal(await sample(service.metrics, catalogue.redisUp.name), 1);
  });
}
