import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { allowedBy, clientHas } from "../src/http/conditions.ts";
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

test("If-Match: the very bytes", () => {
  const cases: readonly (readonly [string | undefined, boolean])[] = [
    [undefined, true],
    ["*", true],
    ['"a"', true],
    ['"b", "a"', true],
    ['W/"a"', false],
    ['"b"', false],
    ['"b,"a"', false],
    ["", false],
  ];
  for (const [header, expected] of cases) {
    assert.equal(allowedBy(header, '"a"'), expected, String(header));
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
