import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeDockerConfig } from "../registry/login.ts";

test("the Docker config for a push has our login beside all that is the user's", (t) => {
  const place = mkdtempSync(join(tmpdir(), "docker-config-"));
  t.after(() => rmSync(place, { recursive: true }));
  const users = join(place, "users");
  mkdirSync(join(users, "contexts/meta"), { recursive: true });
  writeFileSync(join(users, "contexts/meta/mine.json"), "{}");
  const config = {
    auths: { "registry.example": { auth: "bWU6bWluZQ==" } },
    credsStore: "desktop",
    credHelpers: { "helper.example": "pass" },
    currentContext: "mine",
  };
  writeFileSync(join(users, "config.json"), JSON.stringify(config));

  const made = join(place, "made");
  for (const _ of ["the first run", "the next one"]) {
    writeDockerConfig(made, users, "127.0.0.1:5065", { username: "resume", password: "secret" });
    assert.deepEqual(JSON.parse(readFileSync(join(made, "config.json"), "utf8")), {
      ...config,
      auths: { ...config.auths, "127.0.0.1:5065": { auth: btoa("resume:secret") } },
      credHelpers: { ...config.credHelpers, "127.0.0.1:5065": "" },
    });
    assert.equal(readFileSync(join(made, "contexts/meta/mine.json"), "utf8"), "{}");
    assert.equal(statSync(join(made, "config.json")).mode & 0o777, 0o600);
    assert.equal(statSync(made).mode & 0o777, 0o700);
  }
  assert.deepEqual(JSON.parse(readFileSync(join(users, "config.json"), "utf8")), config, "the user's is as it was");
});

test("so it has where the user has no Docker config at all", (t) => {
  const place = mkdtempSync(join(tmpdir(), "docker-config-"));
  t.after(() => rmSync(place, { recursive: true }));
  writeDockerConfig(join(place, "made"), join(place, "none"), "127.0.0.1:5065", { username: "a", password: "b:c" });
  assert.deepEqual(JSON.parse(readFileSync(join(place, "made/config.json"), "utf8")), {
    auths: { "127.0.0.1:5065": { auth: btoa("a:b:c") } },
    credHelpers: { "127.0.0.1:5065": "" },
  });
});
