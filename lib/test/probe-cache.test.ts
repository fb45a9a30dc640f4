import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, test } from "node:test";
import { z } from "zod";
import { ProbeCache, rememberOutOfReach, wasOutOfReach } from "../probe-cache.ts";

const folder = mkdtempSync(join(tmpdir(), "probes-"));
const file = join(folder, "facts.json");
after(() => rmSync(folder, { recursive: true }));
describe("the probe cache", () => {
  beforeEach(() => rmSync(file, { force: true }));

  const hour = 3_600_000;

  test("a fact is kept, replaced and forgotten, and leaves no other file", () => {
    new ProbeCache(file).write("a", "1");
    new ProbeCache(file).write("b", "2");
    assert.equal(new ProbeCache(file).read("a", z.string()), "1");
    new ProbeCache(file).write("a", undefined);
    assert.equal(new ProbeCache(file).read("a", z.string()), undefined);
    assert.equal(new ProbeCache(file).read("b", z.string()), "2");
    assert.deepEqual(readdirSync(folder), ["facts.json"]);
  });

  test("a value of another type, and a broken file, are as good as none", () => {
    new ProbeCache(file).write("a", 1);
    assert.equal(new ProbeCache(file).read("a", z.string()), undefined);
    writeFileSync(file, '{"a": "1"');
    assert.equal(new ProbeCache(file).read("a", z.string()), undefined);
  });

  test("a source that is out of reach is tried again after a day, or when the user asks for it", () => {
    const probes = new ProbeCache(file);
    const now = Date.now();
    assert.equal(wasOutOfReach(probes, "images", now), false);
    rememberOutOfReach(probes, "images", now);
    assert.equal(wasOutOfReach(probes, "images", now + 23 * hour), true);
    assert.equal(wasOutOfReach(probes, "images", now + 25 * hour), false);
    assert.equal(wasOutOfReach(probes, "plugins", now), false);
    process.env.RESUME_TOOLCHAIN_RETRY = "1";
    try {
      assert.equal(wasOutOfReach(probes, "images", now), false);
    } finally {
      delete process.env.RESUME_TOOLCHAIN_RETRY;
    }
  });
});
