import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEncoding } from "../src/http/encoding.ts";

test("the client's weights decide first, then ours", () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, "identity"],
    ["", "identity"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["br;q=0,gzip;q=0", "identity"],
    ["*", "br"],
    ["*;q=0", "identity"],
    ["br;q=0, *", "gzip"],
    ["identity, gzip;q=0.5", "identity"],
    ["identity;q=0.5, gzip;q=0.6", "gzip"],
    ["deflate", "identity"],
    ["br;q=nonsense", "identity"],
    [",,;;=q", "identity"],
  ];
  for (const [header, expected] of cases) {
    assert.equal(chooseEncoding(header), expected, `Accept-Encoding: ${header}`);
  }
});

test("many different headers are answered right, and not all remembered", () => {
  for (let index = 0; index < 500; index += 1) {
    assert.equal(chooseEncoding(`x-${index}, gzip`), "gzip");
  }
});
