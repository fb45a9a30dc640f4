import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { Facts, isOutOfReach, wasOutOfReach } from "../facts.ts";

const folder = mkdtempSync(join(tmpdir(), "facts-"));
const file = join(folder, "facts.json");
after(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(file, { force: true }));

const isText = (value: unknown): value is string => typeof value === "string";
const hour = 3_600_000;

test("a fact is kept, replaced and forgotten, and leaves no other file", () => {
  new Facts(file).write("a", "1");
  new Facts(file).write("b", "2");
  assert.equal(new Facts(file).read("a", isText), "1");
  new Facts(file).write("a", undefined);
  assert.equal(new Facts(file).read("a", isText), undefined);
  assert.equal(new Facts(file).read("b", isText), "2");
  assert.deepEqual(readdirSync(folder), ["facts.json"]);
});

test("a value of another type, and a broken file, are as good as none", () => {
  new Facts(file).write("a", 1);
  assert.equal(new Facts(file).read("a", isText), undefined);
  writeFileSync(file, '{"a": "1"');
  assert.equal(new Facts(file).read("a", isText), undefined);
});

test("a source that is out of reach is asked again after a day, or when the user says so", () => {
  const facts = new Facts(file);
  const now = Date.now();
  assert.equal(wasOutOfReach(facts, "images", now), false);
  isOutOfReach(facts, "images", now);
  assert.equal(wasOutOfReach(facts, "images", now + 23 * hour), true);
  assert.equal(wasOutOfReach(facts, "images", now + 25 * hour), false);
  assert.equal(wasOutOfReach(facts, "plugins", now), false);
  process.env.RESUME_TOOLCHAIN_RETRY = "1";
  try {
    assert.equal(wasOutOfReach(facts, "images", now), false);
  } finally {
    delete process.env.RESUME_TOOLCHAIN_RETRY;
  }
});
