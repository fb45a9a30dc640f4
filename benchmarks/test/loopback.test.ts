import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../toolchain/lib/user-error.ts";
import { loopbackUrl } from "../loopback.ts";

test("loopback addresses are taken", () => {
  for (const url of ["http://127.0.0.1:8080", "http://localhost:80/", "http://[::1]:8080", "http://127.8.9.1"]) {
    assert.equal(loopbackUrl(url).href, new URL(url).href);
  }
});

test("every other address is refused", () => {
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
  for (const url of others) assert.throws(() => loopbackUrl(url), UserError, url);
});
