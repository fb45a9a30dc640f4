import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { totalmem } from "node:os";
import { after, before, test } from "node:test";
import Koa from "koa";
import { type Context, type State, unmatched } from "../src/context.ts";
import {
  cacheResults,
  catalogue,
  messageResults,
  methodLabels,
  redisCommands,
  rejectedStatuses,
  sessionEvents,
} from "../src/metrics/catalogue.ts";
import { createMetrics } from "../src/metrics/metrics.ts";
import { measure } from "../src/middleware/measure.ts";
import { loadSite } from "../src/site.ts";
import { MemoryStore } from "./memory-store.ts";
import { SERVICE_ROOT, type Service, sample, startService } from "./service.ts";

let service: Service;
before(async () => {
  service = await startService({ redis: new MemoryStore() });
});
after(() => service.close());

const count = (labels: Readonly<Record<string, string>>) =>
  sample(service.metrics, catalogue.httpRequests.name, labels);

test("every metric of the catalogue is exposed, with its help", async () => {
  const { status, headers, text } = await service.ask("/metrics");
  assert.equal(status, 200);
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  for (const { name, type, help } of Object.values(catalogue)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
  assert.match(
    text,
    /^resume_build_info\{replica="[^"]+",version="test",node_version="v[^"]+",container="[^"]*"\} 1$/m,
  );
  assert.match(text, /^process_resident_memory_bytes \d/m);
});

test("memory and event loop are told as they are", async () => {
  const limit = await sample(service.metrics, catalogue.memoryLimit.name);
  assert.ok(limit !== undefined && limit > process.memoryUsage.rss() && limit <= totalmem());
  const before = await sample(service.metrics, catalogue.eventLoopActive.name);
  const end = performance.now() + 50;
  while (performance.now() < end) {}
  await new Promise((resolve) => setTimeout(resolve, 1));
  const active = await sample(service.metrics, catalogue.eventLoopActive.name);
  assert.ok(before !== undefined && active !== undefined);
  assert.ok(active - before > 0.045 && active < performance.now() / 1000);
});

test("counters begin at 0 before anything is counted", async () => {
  const { text } = await service.ask("/metrics");
  const routes = ["/", "/contact", "/theme", "/static/:file", "unmatched"];
  const lines = [
    ...routes.flatMap((route) => [
      `${catalogue.httpFailures.name}{route="${route}"} 0`,
      `${catalogue.httpAborted.name}{route="${route}"} 0`,
    ]),
    `${catalogue.httpRequests.name}{route="/",method="GET",status_class="5xx"} 0`,
    `${catalogue.httpRequests.name}{route="/theme",method="POST",status_class="5xx"} 0`,
    `${catalogue.httpRequests.name}{route="unmatched",method="GET",status_class="5xx"} 0`,
    ...sessionEvents.map((event) => `${catalogue.sessions.name}{event="${event}"} 0`),
    ...messageResults.map((result) => `${catalogue.messages.name}{result="${result}"} 0`),
    ...cacheResults.map((result) => `${catalogue.cacheRequests.name}{entry="summary",result="${result}"} 0`),
    ...rejectedStatuses.map((status) => `${catalogue.httpRefused.name}{status="${status}"} 0`),
  ];
  for (const line of lines) {
    assert.ok(text.split("\n").includes(line), line);
  }
});

test("requests are counted by route, method and class of status", async () => {
  await service.ask("/");
  await service.ask("/", { method: "HEAD" });
  await service.ask("/", { method: "DELETE" });
  assert.equal(await count({ route: "/", method: "GET", status_class: "2xx" }), 1);
  assert.equal(await count({ route: "/", method: "HEAD", status_class: "2xx" }), 1);
  assert.equal(await count({ route: "/", method: "other", status_class: "4xx" }), 1);
  assert.equal(await sample(service.metrics, catalogue.httpDuration.name, { route: "/", le: "+Inf" }), 3);
});

test("a thousand addresses and methods make no new labels", async () => {
  for (let index = 0; index < 200; index += 1) {
    await service.ask(`/nope/${index}?x=${index}`);
  }
  for (const method of ["PUT", "PROPFIND", "REPORT", "LINK", "SEARCH"]) {
    await service.ask("/static/x.css", { method });
  }
  const metric = await service.metrics.registry.getSingleMetric(catalogue.httpRequests.name)?.get();
  const labels = metric?.values.filter(({ value }) => value > 0).map(({ labels }) => labels) ?? [];
  const routes = new Set(labels.map(({ route }) => route));
  const methods = new Set(labels.map(({ method }) => method));
  assert.deepEqual([...routes].sort(), ["/", "/metrics", "/static/:file", "unmatched"]);
  for (const method of methods) {
    assert.ok(
      methodLabels.some((known) => known === method),
      String(method),
    );
  }
  assert.equal(await count({ route: "unmatched", method: "GET", status_class: "4xx" }), 200);
});

test("nothing is in flight when nothing is asked", async () => {
  assert.equal(await sample(service.metrics, catalogue.httpInFlight.name), 0);
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
  assert.ok(!("client" in line), "nginx' line has it");
});

test("what failed by our fault is counted: answers with 5xx, and those that nginx gave up on", async () => {
  const metrics = createMetrics({ replica: "test", version: "test" });
  const { onStart, onFinish } = measure(metrics);
  const request = async (statusCode: number, outcome: { seconds: number; aborted: boolean }): Promise<void> => {
    const { ctx } = await contextOf(statusCode);
    onStart?.();
    onFinish(ctx, outcome);
  };
  const failures = () => sample(metrics, catalogue.httpFailures.name, { route: "unmatched" });
  await request(200, { seconds: 5, aborted: false });
  await request(404, { seconds: 0.1, aborted: false });
  await request(200, { seconds: 2.4, aborted: true });
  assert.equal(await failures(), 0);
  await request(503, { seconds: 0.1, aborted: false });
  assert.equal(await failures(), 1);
  await request(200, { seconds: 2.5, aborted: true });
  assert.equal(await failures(), 2);
  assert.equal(await sample(metrics, catalogue.httpAborted.name, { route: "unmatched" }), 2);
});

/** A context of Koa with a response of the given status. */
async function contextOf(statusCode: number): Promise<{ readonly ctx: Context }> {
  const app = new Koa<State>();
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  response.statusCode = statusCode;
  const ctx = Object.assign(app.createContext(request, response), { state: { requestId: "id", route: unmatched } });
  return { ctx };
}

test("a scrape of a replica that was asked for everything is small, and quick", async (t) => {
  const store = new MemoryStore();
  const own = await startService({ redis: store, site: loadSite(SERVICE_ROOT, "https://example.com") });
  t.after(() => own.close());
  const { text: first } = await own.ask("/metrics");
  const routes = [...first.matchAll(new RegExp(`^${catalogue.httpFailures.name}\\{route="([^"]+)"\\}`, "gm"))].map(
    ([, route = ""]) => route,
  );
  assert.ok(routes.length >= 17, `${routes.length} routes`);

  const conditions = [{}, { "If-None-Match": "*" }, { "If-Match": '"other"' }, { Accept: "text/html" }];
  for (const away of [false, true]) {
    store.away = away;
    for (const route of routes) {
      const path = route.replace(":file", "icon.svg").replace("unmatched", "/nope");
      for (const method of ["GET", "HEAD", "OPTIONS", "DELETE"]) {
        for (const headers of conditions) {
          await own.ask(path, { method, headers });
        }
      }
      for (const body of ["theme=dark", "name=A&email=a@b.co&message=x", ""]) {
        const headers = { "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin" };
        await own.ask(path, { method: "POST", headers, body });
      }
    }
  }
  // This store is no Redis: what its commands would tell.
  for (const command of redisCommands) {
    for (const result of ["ok", "error"]) {
      own.metrics.redisCommandDuration.observe({ command, result }, 0.001);
    }
  }
  for (const route of routes) {
    for (const labels of [
      { route, method: "GET", status_class: route === "/theme" ? "4xx" : "2xx" },
      { route, method: "OPTIONS", status_class: "2xx" },
      { route, method: "other", status_class: "4xx" },
    ]) {
      const asked = await sample(own.metrics, catalogue.httpRequests.name, labels);
      assert.ok(asked > 0 || route === "unmatched", JSON.stringify(labels));
    }
  }
  assert.ok((await sample(own.metrics, catalogue.httpFailures.name, { route: "/contact" })) > 0);

  const { text, bytes } = await own.ask("/metrics");
  // Numbers grow while a replica lives: room for a million of everything.
  const grown = bytes.length + 6 * text.split("\n").filter((line) => line.startsWith("resume_")).length;
  t.diagnostic(`${bytes.length} bytes, at most ${grown}`);
  // Prometheus takes it compressed: a seventh of that.
  assert.ok(grown < 64_000, `${grown} bytes`);
});
