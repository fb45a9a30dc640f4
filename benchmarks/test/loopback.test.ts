import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../lib/user-error.ts";
import { allowedUrl } from "../loopback.ts";

const here = async () => ["127.0.0.1", "::1"];

test("loopback addresses are taken", async () => {
  for (const url of ["http://127.0.0.1:8080", "http://localhost:80/", "http://[::1]:8080", "http://127.8.9.1"]) {
    assert.equal((await allowedUrl(url, "unknown", here)).href, new URL(url).href);
  }
});

test("localhost is trusted no further than what it stands for", async () => {
  for (const addresses of [["192.168.1.4"], ["127.0.0.1", "192.168.1.4"], ["fe80::1"], []]) {
    await assert.rejects(
      allowedUrl("http://localhost", "unknown", async () => addresses),
      UserError,
    );
  }
});

test("every other address is refused", async () => {
  const others = [
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://localhost@example.com",
    "http://192.168.1.4:8080",
    "http://0.0.0.0:8080",
    "http://[2001:db8::1]",
    "https://127.0.0.1",
    "file:///etc/hosts",
    "127.0.0.1:8080",
    "",
  ];
  for (const url of others) {
    await assert.rejects(allowedUrl(url, "unknown", here), UserError, url);
  }
});

test("the stack's own output and a host of the user's are taken wherever they are, by plain HTTP", async () => {
  for (const owner of ["stack", "user"] as const) {
    assert.equal((await allowedUrl("http://192.168.1.4:8080", owner)).host, "192.168.1.4:8080");
    await assert.rejects(
      allowedUrl("https://192.168.1.4:8443", owner),
      /served by HTTPS, and the benchmark measures plain HTTP/,
    );
  }
});
