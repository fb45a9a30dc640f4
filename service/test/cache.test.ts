import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { createLog } from "../src/log.ts";
import { createMetrics } from "../src/metrics/metrics.ts";
import { loadSite } from "../src/site.ts";
import { DataCache } from "../src/store/cache.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Answer, SERVICE_ROOT, type Service, sample, startService, testConfig } from "./service.ts";

const store = new MemoryStore();
let made = 0;
let service: Service;
before(async () => {
  const site = loadSite(SERVICE_ROOT);
  const make = () => {
    made += 1;
    return site.summary.make();
  };
  const config = testConfig({ CACHE_TTL_SECONDS: "30" });
  service = await startService({ redis: store, config, site: { ...site, summary: { ...site.summary, make } } });
});
describe("the cache", () => {
  beforeEach(() => {
    store.values.clear();
    store.away = false;
    store.nowSeconds = 0;
    made = 0;
  });
  after(() => service.close());

  async function ask(): Promise<Answer> {
    const answer = await service.ask("/api/resume/summary");
    assert.equal(answer.status, 200);
    return answer;
  }

  const counted = (result: string) =>
    sample(service.metrics, "resume_cache_requests_total", { entry: "summary", result });

  test("the first read makes the value, the next ones find it, until its time is over", async () => {
    const [hits, misses] = [await counted("hit"), await counted("miss")];
    const first = await ask();
    const second = await ask();
    assert.equal(first.headers["cache-status"], "resume-data; fwd=miss; stored");
    assert.equal(second.headers["cache-status"], "resume-data; hit");
    assert.equal(second.text, first.text);
    assert.equal(made, 1);
    store.nowSeconds = 330;
    assert.equal((await ask()).headers["cache-status"], "resume-data; fwd=miss; stored");
    assert.equal(made, 2);
    assert.equal((await counted("hit")) - hits, 1);
    assert.equal((await counted("miss")) - misses, 2);
  });

  test("a stale value is handed out at once, and made anew once for all", async () => {
    const first = await ask();
    store.nowSeconds = 30;
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    for (const { headers, text } of answers) {
      assert.match(String(headers["cache-status"]), /^resume-data; hit/);
      assert.ok(text.length > 0);
    }
    assert.equal(answers[0]?.text, first.text);
    assert.equal(made, 2);
    assert.equal((await ask()).headers["cache-status"], "resume-data; hit");
    assert.deepEqual(
      [...store.values.keys()].filter((key) => key.startsWith("lock:")),
      [],
      "the lock is given back",
    );
  });

  /** Two caches as of two replicas on one store, and a value that takes a while to make. */
  function replicas(options: { fail?: boolean } = {}) {
    let count = 0;
    const lines: string[] = [];
    const log = createLog({ level: "debug", base: {}, write: (text) => lines.push(text) });
    const entry = (key: string) => ({
      name: "slow",
      key,
      make: async () => {
        count += 1;
        await pause(60);
        if (options.fail) {
          throw new Error("it can't be made");
        }
        return count;
      },
      is: (value: unknown): value is number => typeof value === "number",
    });
    const [one, two] = [0, 1].map(
      () => new DataCache(store, 30, createMetrics({ replica: "test", version: "test" }), log),
    );
    assert.ok(one && two);
    return { one, two, entry, made: () => count, logged: () => lines.join("") };
  }

  test("however many ask, on however many replicas: one makes the value", async () => {
    const { one, two, entry, made } = replicas();
    const reads = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).read(entry("crowd")));
    const cached = await Promise.all(reads);
    assert.equal(made(), 1);
    assert.deepEqual(new Set(cached.map(({ value }) => value)), new Set([1]));
    assert.equal(cached.filter(({ result }) => result === "miss").length, 1);
    assert.equal(cached.filter(({ result }) => result === "shared").length, 19);
  });

  test("a replica that died while it made the value blocks the others for a while only", async () => {
    const { one, entry, made } = replicas();
    await store.lock("cache:slow:dead", "a dead replica", 5_000);
    const reading = one.read(entry("dead"));
    await pause(60);
    assert.equal(made(), 0, "it waits for the other");
    store.nowSeconds = 5;
    assert.equal((await reading).result, "miss");
  });

  test("without the store, one replica makes a value once for all who wait", async () => {
    const { one, entry, made } = replicas();
    store.away = true;
    const cached = await Promise.all(Array.from({ length: 5 }, () => one.read(entry("away"))));
    assert.equal(made(), 1);
    assert.equal(cached.filter(({ result }) => result === "bypass").length, 1);
  });

  test("a value that can't be made fails for those who wait, and for nobody after", async () => {
    const options = { fail: true };
    const { one, entry, logged } = replicas(options);
    const failed = await Promise.allSettled([one.read(entry("bad")), one.read(entry("bad"))]);
    assert.deepEqual(
      failed.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    options.fail = false;
    assert.equal((await one.read(entry("bad"))).result, "miss");

    options.fail = true;
    store.nowSeconds = 30;
    assert.equal((await one.read(entry("bad"))).result, "stale");
    await pause(100);
    assert.match(logged(), /a stale value could not be refreshed.*it can't be made/);
    assert.equal((await one.read(entry("bad"))).result, "stale", "the old one is still there");
  });

  test("when the store is away the value is made each time", async () => {
    store.away = true;
    const before = await counted("bypass");
    assert.equal((await ask()).headers["cache-status"], "resume-data; fwd=bypass");
    await ask();
    assert.equal(made, 2);
    assert.equal((await counted("bypass")) - before, 2);
  });

  test("something else under the key is not believed, and overwritten", async () => {
    await ask();
    for (const value of ["", "{", "null", '{"name":1}', "[]"]) {
      for (const key of store.values.keys()) {
        store.values.set(key, { value, until: 1e9 });
      }
      assert.equal((await ask()).headers["cache-status"], "resume-data; fwd=miss; stored", value);
      assert.equal((await ask()).headers["cache-status"], "resume-data; hit", value);
    }
  });

  test("a cached answer has an ETag and answers 304", async () => {
    const { headers } = await ask();
    const again = await service.ask("/api/resume/summary", { headers: { "If-None-Match": String(headers.etag) } });
    assert.equal(again.status, 304);
    assert.equal(again.bytes.length, 0);
  });
});
