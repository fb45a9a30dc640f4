import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { output } from "@pulumi/pulumi";
import { versionHash } from "../docker/version-hash.ts";
import { contentHash, contextFiles } from "../system/content-hash.ts";

describe("the content hash of a build context", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "context-"));
    mkdirSync(join(folder, "src/deep"), { recursive: true });
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    writeFileSync(join(folder, "src/deep/main.ts"), "1\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("changes with a file's content, name and mode, and with the facts", () => {
    const hashes = [contentHash(folder, {})];
    writeFileSync(join(folder, "src/deep/main.ts"), "2\n");
    hashes.push(contentHash(folder, {}));
    writeFileSync(join(folder, "src/other.ts"), "");
    hashes.push(contentHash(folder, {}));
    hashes.push(contentHash(folder, { NODE_IMAGE: "node:24" }));
    assert.equal(contentHash(folder, { NODE_IMAGE: "node:24" }), hashes[3]);
    chmodSync(join(folder, "src/other.ts"), 0o755);
    hashes.push(contentHash(folder, { NODE_IMAGE: "node:24" }));
    assert.equal(new Set(hashes).size, 5);
  });

  test("does not see what .dockerignore leaves out", () => {
    writeFileSync(join(folder, ".dockerignore"), "# only these\n*\n!Dockerfile\n!src\n");
    const before = contentHash(folder, {});
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "node_modules/x.js"), "x");
    assert.equal(contentHash(folder, {}), before);
    assert.deepEqual(contextFiles(folder), ["Dockerfile", "src/deep/main.ts"]);
  });

  test("refuses a .dockerignore that it would misread", () => {
    writeFileSync(join(folder, ".dockerignore"), "**/*.md\n");
    assert.throws(() => contentHash(folder, {}), /it must ignore "\*" and then name/);
  });
});

describe("the version hash of a container", () => {
  test("is the same for the same facts, and another for others", () => {
    assert.equal(versionHash({ envs: ["A=1"] }), versionHash({ envs: ["A=1"] }));
    assert.notEqual(versionHash({ envs: ["A=1"] }), versionHash({ envs: ["A=2"] }));
  });

  test("is known before outputs are", () => {
    assert.equal(versionHash({ envs: ["A=1", output("secret")] }), versionHash({ envs: ["A=1", output("other")] }));
  });
});
