import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { loadSite } from "../src/site.ts";
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
  assert.equal(first.headers["cache-status"], "resume-data; fwd=miss");
  assert.equal(second.headers["cache-status"], "resume-data; hit");
  assert.equal(second.text, first.text);
  assert.equal(made, 1);
  store.nowSeconds = 30;
  assert.equal((await ask()).headers["cache-status"], "resume-data; fwd=miss");
  assert.equal(made, 2);
  assert.equal((await counted("hit")) - hits, 1);
  assert.equal((await counted("miss")) - misses, 2);
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
    for (const key of store.values.keys()) store.values.set(key, { value, until: 1e9 });
    assert.equal((await ask()).headers["cache-status"], "resume-data; fwd=miss", value);
    assert.equal((await ask()).headers["cache-status"], "resume-data; hit", value);
  }
});

test("a cached answer has an ETag and answers 304", async () => {
  const { headers } = await ask();
  const again = await service.ask("/api/resume/summary", { headers: { "If-None-Match": String(headers.etag) } });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
});
