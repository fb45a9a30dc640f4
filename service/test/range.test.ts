import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readRange } from "../src/http/range.ts";
import { type Answer, type Service, startService } from "./service.ts";

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const PATH = "/resume.json";
const get = (headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Answer> =>
  service.ask(PATH, { method, headers });

test("the shapes of a Range header", () => {
  const cases: readonly (readonly [string | undefined, ReturnType<typeof readRange>])[] = [
    [undefined, undefined],
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=0-", { first: 0, last: 99 }],
    ["bytes=10-19", { first: 10, last: 19 }],
    ["bytes=90-200", { first: 90, last: 99 }],
    ["bytes=-1", { first: 99, last: 99 }],
    ["bytes=-100", { first: 0, last: 99 }],
    ["bytes=-500", { first: 0, last: 99 }],
    ["BYTES=1-2", { first: 1, last: 2 }],
    ["bytes=99-", { first: 99, last: 99 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=99999999999999999999-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["bytes=a-b", undefined],
    ["bytes=1", undefined],
    ["bytes", undefined],
    ["bytes=--1", undefined],
    ["lines=0-1", undefined],
    ["", undefined],
  ];
  for (const [header, expected] of cases) {
    assert.deepEqual(readRange(header, 100), expected, `Range: ${header}`);
  }
  assert.equal(readRange("bytes=-5", 0), "unsatisfiable");
});

test("a part is a part of the encoded bytes, under the same ETag", async () => {
  for (const encoding of ["identity", "gzip", "br"]) {
    const headers = { "Accept-Encoding": encoding };
    const whole = await get(headers);
    assert.equal(whole.headers["accept-ranges"], "bytes");
    const part = await get({ ...headers, Range: "bytes=100-199" });
    assert.equal(part.status, 206);
    assert.deepEqual(part.bytes, whole.bytes.subarray(100, 200));
    assert.equal(part.headers["content-range"], `bytes 100-199/${whole.bytes.length}`);
    assert.equal(part.headers["content-length"], "100");
    for (const name of ["etag", "content-encoding", "content-type", "cache-control", "vary"]) {
      assert.equal(part.headers[name], whole.headers[name], `${encoding}: ${name}`);
    }
    const rest = await get({ ...headers, Range: "bytes=-1" });
    assert.deepEqual(rest.bytes, whole.bytes.subarray(-1));
  }
});

test("a range behind the end is 416 and says how long the file is", async () => {
  const whole = await get();
  const { status, headers } = await get({ Range: `bytes=${whole.bytes.length}-` });
  assert.equal(status, 416);
  assert.equal(headers["content-range"], `bytes */${whole.bytes.length}`);
  const encoded = await get({ Range: "bytes=999999-", "Accept-Encoding": "br" });
  assert.equal(encoded.status, 416);
  assert.equal(JSON.parse(encoded.text).status, 416);
});

test("If-Range: the part when the file is the same, the whole when it is not", async () => {
  const whole = await get();
  const range = { Range: "bytes=0-9" };
  assert.equal((await get({ ...range, "If-Range": String(whole.headers.etag) })).status, 206);
  for (const other of ['"other"', `W/${whole.headers.etag}`, "Mon, 05 Oct 2026 09:00:00 GMT", "nonsense"]) {
    const answer = await get({ ...range, "If-Range": other });
    assert.equal(answer.status, 200, other);
    assert.deepEqual(answer.bytes, whole.bytes);
  }
});

test("several ranges, and ranges of HEAD, give the whole", async () => {
  assert.equal((await get({ Range: "bytes=0-1,3-4" })).status, 200);
  const head = await get({ Range: "bytes=0-1" }, "HEAD");
  assert.equal(head.status, 200);
  assert.equal(head.headers["content-range"], undefined);
});

test("a condition comes before the range", async () => {
  const etag = String((await get()).headers.etag);
  assert.equal((await get({ Range: "bytes=0-1", "If-None-Match": etag })).status, 304);
  assert.equal((await get({ Range: "bytes=0-1", "If-Match": etag })).status, 206);
  assert.equal((await get({ Range: "bytes=0-1", "If-Match": '"other"' })).status, 412);
  assert.equal((await get({ "If-Match": "*" })).status, 200);
  assert.equal((await get({ "If-Match": `"other", ${etag}` })).status, 200);
  assert.equal((await get({ "If-Match": `W/${etag}` })).status, 412);
});

test("dates decide nothing, as none is sent", async () => {
  const whole = await get();
  assert.equal(whole.headers["last-modified"], undefined);
  for (const date of ["Mon, 05 Oct 2099 09:00:00 GMT", "nonsense", ""]) {
    assert.equal((await get({ "If-Modified-Since": date })).status, 200);
    assert.equal((await get({ "If-Unmodified-Since": date })).status, 200);
  }
});
