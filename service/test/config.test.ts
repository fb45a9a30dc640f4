import assert from "node:assert/strict";
import { hostname } from "node:os";
import { test } from "node:test";
import { ConfigError, readConfig } from "../src/config.ts";
import { secretFile } from "./service.ts";

test("an empty environment gives the defaults, without Redis", () => {
  assert.deepEqual(readConfig({}), {
    port: 3000,
    listenAddress: undefined,
    replica: hostname(),
    version: "dev",
    logLevel: "info",
    publicUrl: undefined,
    drainSeconds: 2,
    cacheTtlSeconds: 60,
    contactLimit: 5,
    redis: undefined,
  });
});

test("secrets are read from files, without their line feed", () => {
  const config = readConfig({
    REDIS_HOST: "redis",
    REDIS_PASSWORD_FILE: secretFile("hunter2"),
    SESSION_KEY_FILE: secretFile("0123456789abcdef"),
    SESSION_TTL_SECONDS: "120",
  });
  assert.deepEqual(config.redis, {
    host: "redis",
    port: 6379,
    password: "hunter2",
    sessionKey: "0123456789abcdef",
    sessionTtlSeconds: 120,
  });
});

test("secrets may stand in the environment itself", () => {
  const { redis } = readConfig({ REDIS_HOST: "redis", REDIS_PASSWORD: "hunter2", SESSION_KEY: "0123456789abcdef" });
  assert.equal(redis?.password, "hunter2");
  assert.equal(redis?.sessionKey, "0123456789abcdef");
});

test("all bad values are named at once, one sentence each", () => {
  const env = {
    PORT: "abc",
    DRAIN_SECONDS: "-1",
    CACHE_TTL_SECONDS: "1e3",
    LISTEN_ADDRESS: "localhost",
    LOG_LEVEL: "loud",
    PUBLIC_URL: "https://example.com/resume",
    REDIS_HOST: "redis",
    REDIS_PORT: "65536",
    REDIS_PASSWORD_FILE: "/no/such/file",
    SESSION_KEY_FILE: secretFile("short"),
  };
  assert.throws(
    () => readConfig(env),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual([...error.problems].sort(), [
        'CACHE_TTL_SECONDS is "1e3", but must be a whole number from 1 to 31536000.',
        'DRAIN_SECONDS is "-1", but must be a whole number from 0 to 300.',
        'LISTEN_ADDRESS is "localhost", but must be an IP address.',
        'LOG_LEVEL is "loud", but must be debug, info, warn or error.',
        'PORT is "abc", but must be a whole number from 0 to 65535.',
        'PUBLIC_URL is "https://example.com/resume", but must be an address such as https://example.com, without a path.',
        "REDIS_PASSWORD_FILE names /no/such/file, but that file can't be read (ENOENT).",
        'REDIS_PORT is "65536", but must be a whole number from 1 to 65535.',
        "The session key is shorter than 16 characters.",
      ]);
      return true;
    },
  );
});

test("the site's own address is an origin", () => {
  for (const given of ["https://example.com", "https://example.com/", " https://EXAMPLE.com:443 "]) {
    assert.equal(readConfig({ PUBLIC_URL: given }).publicUrl, "https://example.com");
  }
  for (const wrong of ["example.com", "ftp://example.com", "https://user@example.com", "https://example.com/?x"]) {
    assert.throws(() => readConfig({ PUBLIC_URL: wrong }), /PUBLIC_URL is/);
  }
});

test("Redis without a session key is refused, as is an empty secret", () => {
  assert.throws(
    () => readConfig({ REDIS_HOST: "redis" }),
    /REDIS_HOST is set, but neither SESSION_KEY nor SESSION_KEY_FILE/,
  );
  assert.throws(
    () => readConfig({ REDIS_HOST: "redis", SESSION_KEY_FILE: secretFile("") }),
    /SESSION_KEY_FILE names .*, but that file is empty/,
  );
});
