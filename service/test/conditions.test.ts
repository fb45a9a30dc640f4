import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clientHas } from "../src/http/conditions.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Service, startService } from "./service.ts";

let service: Service;
before(async () => {
  service = await startService({ redis: new MemoryStore() });
});
after(() => service.close());

test("If-None-Match: a list, weak or strong, or anything", () => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, false],
    ["", false],
    ["*", true],
    [" * ", true],
    ['"a"', true],
    ['W/"a"', true],
    ['"b"', false],
    ['"b","a"', true],
    ['"b" , W/"a"', true],
    ['"b,a"', false],
    ['"b, ", "a"', true],
    ["a", false],
    ['"a', false],
    ['"A"', false],
    ['w/"b"', false],
    ['"", "a"', true],
  ];
  for (const [header, expected] of cases) {
    assert.equal(clientHas(header, '"a"'), expected, String(header));
    assert.equal(clientHas(header, 'W/"a"'), expected, String(header));
  }
});

for (const path of ["/", "/resume.json", "/api/resume/summary"]) {
  test(`${path}: If-None-Match alone decides, whatever date or caching stands beside it`, async () => {
    const etag = String((await service.ask(path)).headers.etag);
    const others = [
      {},
      { "If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" },
      { "If-Modified-Since": "nonsense" },
      { "Cache-Control": "no-cache" },
    ];
    for (const headers of others) {
      const has = await service.ask(path, { headers: { ...headers, "If-None-Match": etag } });
      assert.equal(has.status, 304, JSON.stringify(headers));
      assert.equal(has.bytes.length, 0);
      const lacks = await service.ask(path, { headers: { ...headers, "If-None-Match": '"other"' } });
      assert.equal(lacks.status, 200, JSON.stringify(headers));
    }
    const future = { "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT" };
    assert.equal((await service.ask(path, { headers: future })).status, 200, "a date alone says nothing");
  });
}

test("a replica leaves ranges and If-Match to nginx, and says that ranges may be had", async () => {
  const whole = await service.ask("/resume.json");
  assert.equal(whole.headers["accept-ranges"], "bytes");
  for (const headers of [{ Range: "bytes=0-1" }, { "If-Match": '"other"' }]) {
    const answer = await service.ask("/resume.json", { headers });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.bytes, whole.bytes);
  }
});

test("dates decide nothing, as none is sent", async () => {
  const whole = await service.ask("/resume.json");
  assert.equal(whole.headers["last-modified"], undefined);
  for (const date of ["Mon, 05 Oct 2099 09:00:00 GMT", "nonsense", ""]) {
    for (const name of ["If-Modified-Since", "If-Unmodified-Since"]) {
      assert.equal((await service.ask("/resume.json", { headers: { [name]: date } })).status, 200);
    }
  }
});
