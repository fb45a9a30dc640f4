import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "./memory-store.ts";
import { startService } from "./service.ts";

test("live and ready in normal times", async (t) => {
  const service = await startService({ redis: new MemoryStore() });
  t.after(() => service.close());
  const health = await service.ask("/health");
  assert.equal(health.status, 200);
  assert.equal(health.headers["cache-control"], "no-store");
  assert.equal(JSON.parse(health.text).status, "ok");
  const ready = await service.ask("/ready");
  assert.equal(ready.status, 200);
  assert.deepEqual(JSON.parse(ready.text), { status: "ready", redis: "ready", reasons: [] });
});

test("while it drains: live, not ready, and every response closes its connection", async (t) => {
  const store = new MemoryStore();
  store.away = true;
  const service = await startService({ redis: store, draining: true });
  t.after(() => service.close());
  const ready = await service.ask("/ready");
  assert.equal(ready.status, 503);
  assert.deepEqual(JSON.parse(ready.text), {
    status: "unavailable",
    redis: "away",
    reasons: ["the replica is draining", "redis is away"],
  });
  for (const path of ["/health", "/", "/nope"]) {
    const { status, headers } = await service.ask(path, { headers: { Connection: "keep-alive" } });
    assert.ok(status < 500);
    assert.equal(headers.connection, "close", path);
  }
  assert.equal((await service.ask("/health")).status, 200);
});

test("alone, without Redis, it is ready", async (t) => {
  const service = await startService();
  t.after(() => service.close());
  assert.deepEqual(JSON.parse((await service.ask("/ready")).text), { status: "ready", redis: "off", reasons: [] });
});
