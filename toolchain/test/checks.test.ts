import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { testFiles, unitTestGroups } from "../lib/checks.ts";

test("every unit test belongs to one process", () => {
  const groups = unitTestGroups();
  assert.deepEqual(groups.flat().sort(), testFiles("unit"));
  assert.ok(groups.length < 10, `${groups.length} processes`);
});

test("no hook runs for the tests of other files in the same process", () => {
  const shared = unitTestGroups().filter((files) => files.length > 1);
  const global = shared.flat().filter((file) => {
    return /^(before|after)Each\(/m.test(readFileSync(join(projectRoot, file), "utf8"));
  });
  assert.deepEqual(global, [], "beforeEach and afterEach belong into a describe");
});
