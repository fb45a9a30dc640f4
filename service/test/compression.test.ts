import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { catalogue } from "../src/metrics/catalogue.ts";
import { type Service, startService } from "./service.ts";

let service: Service;
before(async () => {
  service = await startService();
});
after(() => service.close());

const ask = (path: string, encodings: string) => service.ask(path, { headers: { "Accept-Encoding": encodings } });

test("Prometheus gets its metrics compressed", async () => {
  const { status, headers, bytes } = await ask("/metrics", "gzip");
  assert.equal(status, 200);
  assert.equal(headers["content-encoding"], "gzip");
  const text = gunzipSync(bytes).toString("utf8");
  assert.ok(text.includes(catalogue.httpRequests.name));
  assert.ok(bytes.length * 4 < text.length, `${bytes.length} of ${text.length} bytes`);
});

test("who accepts no encoding of ours gets a large answer as it is", async () => {
  for (const encodings of [
    "*;q=0",
    "identity;q=0",
    "gzip;q=0, *;q=0",
    "identity;q=0, zstd",
    "zstd, deflate",
    "gzip;q=0",
    "br;q=0, gzip;q=0",
    "gzip;q=x",
    ";;,",
  ]) {
    const { status, headers, text } = await ask("/metrics", encodings);
    assert.equal(status, 200, encodings);
    assert.equal(headers["content-encoding"], undefined, encodings);
    assert.match(String(headers.vary), /Accept-Encoding/);
    assert.ok(text.length > 1024 && text.includes(catalogue.httpRequests.name));
  }
});

test("probes are never compressed", async () => {
  for (const path of ["/health", "/ready"]) {
    assert.equal((await ask(path, "gzip, br")).headers["content-encoding"], undefined);
  }
});
