import assert from "node:assert/strict";
import { totalmem } from "node:os";
import { after, before, test } from "node:test";
import { METHOD_LABELS, METRICS } from "../src/metrics/catalogue.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Service, sample, startService } from "./service.ts";

let service: Service;
before(async () => {
  service = await startService({ redis: new MemoryStore() });
});
after(() => service.close());

const count = (labels: Readonly<Record<string, string>>) => sample(service.metrics, METRICS.httpRequests.name, labels);

test("every metric of the catalogue is exposed, with its help", async () => {
  const { status, headers, text } = await service.ask("/metrics");
  assert.equal(status, 200);
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  for (const { name, type, help } of Object.values(METRICS)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
  assert.match(text, /^resume_build_info\{replica="[^"]+",version="test",node_version="v/m);
  assert.match(text, /^process_resident_memory_bytes \d/m);
});

test("memory and event loop are told as they are", async () => {
  const limit = await sample(service.metrics, METRICS.memoryLimit.name);
  assert.ok(limit !== undefined && limit > process.memoryUsage.rss() && limit <= totalmem());
  const before = await sample(service.metrics, METRICS.eventLoopActive.name);
  const end = performance.now() + 50;
  while (performance.now() < end);
  await new Promise((resolve) => setTimeout(resolve, 1));
  const active = await sample(service.metrics, METRICS.eventLoopActive.name);
  assert.ok(before !== undefined && active !== undefined);
  assert.ok(active - before > 0.045 && active < performance.now() / 1000);
});

test("a scrape is small, and quick", async () => {
  const times = [];
  let bytes = 0;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    bytes = (await service.ask("/metrics")).text.length;
    times.push(performance.now() - start);
  }
  assert.ok(bytes < 60_000, `${bytes} bytes`);
  // The quickest of some: the machine may be busy with other tests.
  assert.ok(Math.min(...times) < 15, `${times} ms`);
});

test("requests are counted by route, method and class of status", async () => {
  await service.ask("/");
  await service.ask("/", { method: "HEAD" });
  await service.ask("/", { method: "DELETE" });
  assert.equal(await count({ route: "/", method: "GET", status_class: "2xx" }), 1);
  assert.equal(await count({ route: "/", method: "HEAD", status_class: "2xx" }), 1);
  assert.equal(await count({ route: "/", method: "other", status_class: "4xx" }), 1);
});

test("a thousand addresses and methods make no new labels", async () => {
  for (let index = 0; index < 200; index += 1) await service.ask(`/nope/${index}?x=${index}`);
  for (const method of ["PUT", "PROPFIND", "REPORT", "LINK", "SEARCH"]) await service.ask("/static/x.css", { method });
  const metric = await service.metrics.registry.getSingleMetric(METRICS.httpRequests.name)?.get();
  const labels = metric?.values.map(({ labels }) => labels) ?? [];
  const routes = new Set(labels.map(({ route }) => route));
  const methods = new Set(labels.map(({ method }) => method));
  assert.deepEqual([...routes].sort(), ["/", "/metrics", "/static/:file", "unmatched"]);
  for (const method of methods)
    assert.ok(
      METHOD_LABELS.some((known) => known === method),
      String(method),
    );
  assert.equal(await count({ route: "unmatched", method: "GET", status_class: "4xx" }), 200);
});

test("nothing is in flight when nothing is asked", async () => {
  assert.equal(await sample(service.metrics, METRICS.httpInFlight.name), 0);
});

test("each request is one line of the log, without its query", async () => {
  await service.ask("/nope?token=private", { headers: { "X-Request-Id": "id-of-this-test" } });
  const line = service
    .logged()
    .find(
      (event) =>
        typeof event === "object" && event !== null && "requestId" in event && event.requestId === "id-of-this-test",
    );
  assert.ok(typeof line === "object" && line !== null && "ms" in line && typeof line.ms === "number");
  assert.ok("path" in line && line.path === "/nope");
  assert.ok("status" in line && line.status === 404);
  assert.ok(!JSON.stringify(service.logged()).includes("private"));
});
