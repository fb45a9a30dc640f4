import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { catalogue } from "../src/metrics/catalogue.ts";
import { MemoryStore } from "./memory-store.ts";
import { sendRaw } from "./raw.ts";
import { type Answer, type Service, sample, startService } from "./service.ts";
import { FAILING_PATH, siteThatFails } from "./site-that-fails.ts";

const SECRET = "what only the log may know";

let service: Service;
before(async () => {
  service = await startService({ redis: new MemoryStore(), site: siteThatFails(SECRET) });
});
after(() => service.close());

const HTML = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

function assertNoInternals({ text }: Answer): void {
  assert.doesNotMatch(text, /\bat \S+ \(|node:internal|\.ts:\d|\.js:\d/);
  assert.ok(!text.includes(SECRET));
}

test("an unknown address is 404, as a page for people and as JSON for programs", async () => {
  const page = await service.ask("/nope", { headers: HTML });
  assert.equal(page.status, 404);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  assert.match(page.text, /<h1>Not Found<\/h1>/);
  assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);

  const json = await service.ask("/nope", { headers: { Accept: "application/json" } });
  assert.equal(json.status, 404);
  assert.equal(json.headers["content-type"], "application/problem+json");
  assert.deepEqual(JSON.parse(json.text), {
    status: 404,
    title: "Not Found",
    detail: "There is nothing at this address.",
    requestId: json.headers["x-request-id"],
  });
  assert.equal(json.headers["cache-control"], "no-store");
  assert.match(String(json.headers.vary), /Accept\b/);
});

test("a wrong method is 405 and says what is allowed", async () => {
  const cases = [
    ["/", "DELETE", "GET, HEAD, OPTIONS"],
    ["/", "POST", "GET, HEAD, OPTIONS"],
    ["/api/resume", "PUT", "GET, HEAD, OPTIONS"],
    ["/theme", "GET", "POST, OPTIONS"],
    ["/theme", "HEAD", "POST, OPTIONS"],
    ["/health", "PATCH", "GET, HEAD, OPTIONS"],
    ["/static/icon.svg", "TRACE", "GET, HEAD, OPTIONS"],
  ] as const;
  for (const [path, method, allow] of cases) {
    const { status, headers } = await service.ask(path, { method });
    assert.equal(status, 405, `${method} ${path}`);
    assert.equal(headers.allow, allow, `${method} ${path}`);
  }
});

test("OPTIONS says what is allowed", async () => {
  for (const [path, allow] of [
    ["/", "GET, HEAD, OPTIONS"],
    ["/theme", "POST, OPTIONS"],
    ["*", "GET, HEAD, POST, OPTIONS"],
  ] as const) {
    const { status, headers } = await service.ask(path, { method: "OPTIONS" });
    assert.equal(status, 204, path);
    assert.equal(headers.allow, allow, path);
  }
});

test("an unexpected error is 500 without a word about its cause; the log has it", async () => {
  for (const headers of [HTML, {}]) {
    const answer = await service.ask(FAILING_PATH, { headers });
    assert.equal(answer.status, 500);
    assert.equal(answer.headers.etag, undefined);
    assertNoInternals(answer);
  }
  const logged = JSON.stringify(service.logged());
  assert.ok(logged.includes(SECRET));
  assert.match(logged, /site-that-fails\.ts/);
});

test("odd paths never give a 5xx", async () => {
  const paths = [
    "/%",
    "/%00",
    "/%ff%fe",
    "//",
    "//example.com/",
    "/.git/config",
    "/?x=%",
    "/a%2f..%2f",
    `/${"a".repeat(8000)}`,
  ];
  for (const path of paths) {
    const answer = await service.ask(path);
    assert.ok(answer.status < 500, `${path} gave ${answer.status}`);
    assertNoInternals(answer);
  }
});

test("broken requests get a short answer that names the replica", async () => {
  const nonsense = await sendRaw(service.port, "this is not HTTP\r\n\r\n");
  assert.match(nonsense.text, /^HTTP\/1\.1 400 Bad Request\r\nX-Replica: /);
  const huge = await sendRaw(service.port, `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"a".repeat(20_000)}\r\n\r\n`);
  assert.match(huge.text, /^HTTP\/1\.1 431 /);
  const smuggled = await sendRaw(
    service.port,
    "POST /theme HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  );
  assert.match(smuggled.text, /^HTTP\/1\.1 400 /);
  const tunnel = await sendRaw(service.port, "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match(tunnel.text, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
});

test("what is refused before it is a request is counted and logged", async () => {
  const counted = (status: string) => sample(service.metrics, catalogue.httpRefused.name, { status });
  const refused = () => service.logged().filter((line) => JSON.stringify(line).includes("a malformed request")).length;
  const before = {
    bad: await counted("400"),
    huge: await counted("431"),
    tunnel: await counted("405"),
    lines: refused(),
  };
  await sendRaw(service.port, "this is not HTTP\r\n\r\n");
  await sendRaw(service.port, "GET nope HTTP/1.1\r\nHost: x\r\n\r\n");
  await sendRaw(service.port, `GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"a".repeat(20_000)}\r\n\r\n`);
  await sendRaw(service.port, "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.equal(await counted("400"), before.bad + 2);
  assert.equal(await counted("431"), before.huge + 1);
  assert.equal(await counted("405"), before.tunnel + 1);
  assert.equal(refused(), before.lines + 4);
});
