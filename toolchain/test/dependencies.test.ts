import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { dependenciesAreInstalled } from "../lib/dependencies.mjs";

describe("the dependencies of a folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dependencies-"));
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(
      join(folder, "package-lock.json"),
      JSON.stringify({
        packages: {
          "": { name: "it" },
          "node_modules/a": { version: "1.0.0" },
          "node_modules/for-windows": { version: "1.0.0", optional: true },
        },
      }),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function record(packages: Record<string, { version: string }>): void {
    writeFileSync(join(folder, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
  }

  test("nothing installed", () => assert.equal(dependenciesAreInstalled(folder), false));

  test("installed, without what is for another platform", () => {
    record({ "node_modules/a": { version: "1.0.0" } });
    assert.equal(dependenciesAreInstalled(folder), true);
  });

  test("another version", () => {
    record({ "node_modules/a": { version: "1.0.1" } });
    assert.equal(dependenciesAreInstalled(folder), false);
  });

  test("another version of an optional one", () => {
    record({ "node_modules/a": { version: "1.0.0" }, "node_modules/for-windows": { version: "0.9.0" } });
    assert.equal(dependenciesAreInstalled(folder), false);
  });

  test("one missing", () => {
    record({});
    assert.equal(dependenciesAreInstalled(folder), false);
  });

  test("one too many", () => {
    record({ "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0" } });
    assert.equal(dependenciesAreInstalled(folder), false);
  });
});
