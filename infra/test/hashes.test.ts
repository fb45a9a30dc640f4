import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { output } from "@pulumi/pulumi";
import { contextDigest } from "../../lib/docker-provider/context-digest.ts";
import { parseConfig } from "../config/parse.ts";
import { buildContext, contextFiles } from "../system/build-context.ts";
import { resume } from "../system/resume.ts";
import { versionHash } from "../targets/docker/version-hash.ts";
import { discovery, secrets } from "./support/description.ts";

describe("a build context", () => {
  let home: string;
  const start = process.cwd();
  const folder = "source";
  const hashOf = (facts: Record<string, string> = {}) => buildContext(folder, facts).contentHash;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "context-"));
    process.chdir(home);
    mkdirSync(join(folder, "src/deep"), { recursive: true });
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    writeFileSync(join(folder, "src/deep/main.ts"), "1\n");
  });
  afterEach(() => {
    process.chdir(start);
    rmSync(home, { recursive: true });
  });

  test("has a hash that changes with a file's content and name, with what may be run, and with the facts", () => {
    const hashes = [hashOf()];
    writeFileSync(join(folder, "src/deep/main.ts"), "2\n");
    hashes.push(hashOf());
    writeFileSync(join(folder, "src/other.ts"), "");
    hashes.push(hashOf());
    hashes.push(hashOf({ NODE_IMAGE: "node:24" }));
    assert.equal(hashOf({ NODE_IMAGE: "node:24" }), hashes[3]);
    chmodSync(join(folder, "src/other.ts"), 0o755);
    hashes.push(hashOf({ NODE_IMAGE: "node:24" }));
    assert.equal(new Set(hashes).size, 5);
  });

  test("is the same for a clone with another umask, for us and for the provider's own digest", async () => {
    const made = async (file: number, directory: number) => {
      chmodSync(join(folder, "Dockerfile"), file);
      chmodSync(join(folder, "src/deep/main.ts"), file);
      for (const path of [folder, join(folder, "src"), join(folder, "src/deep")]) {
        chmodSync(path, directory);
      }
      const { context, contentHash } = buildContext(folder, {});
      return [contentHash, context, await contextDigest(context, join(context, "Dockerfile"))];
    };
    const umask022 = await made(0o644, 0o755);
    assert.deepEqual(await made(0o664, 0o775), umask022);
    rmSync(".contexts", { recursive: true });
    assert.deepEqual(await made(0o600, 0o700), umask022);
  });

  test("holds what a link leads to, and changes with that", () => {
    writeFileSync("elsewhere.ts", "1\n");
    symlinkSync("../../elsewhere.ts", join(folder, "src/linked.ts"));
    const before = buildContext(folder, {});
    assert.ok(!lstatSync(join(before.context, "src/linked.ts")).isSymbolicLink());
    writeFileSync("elsewhere.ts", "2\n");
    assert.notEqual(hashOf(), before.contentHash);
    assert.equal(readFileSync(join(before.context, "src/linked.ts"), "utf8"), "2\n");
  });

  test("loses the files that its source has lost", () => {
    writeFileSync(join(folder, "src/old.ts"), "");
    const { context } = buildContext(folder, {});
    rmSync(join(folder, "src/old.ts"));
    buildContext(folder, {});
    assert.deepEqual(contextFiles(context), ["Dockerfile", "src/deep/main.ts"]);
  });

  test("refuses a link to a folder and one that leads nowhere", () => {
    symlinkSync("deep", join(folder, "src/again"));
    assert.throws(() => hashOf(), /source\/src\/again is a link to a folder; put the folder itself there\./);
    rmSync(join(folder, "src/again"));
    symlinkSync("gone", join(folder, "src/nowhere"));
    assert.throws(() => hashOf(), /source\/src\/nowhere is a link that leads nowhere/);
  });

  test("holds another folder in the place of one of its own, each in a copy of its own", () => {
    const replaced = { name: "src", by: join(home, "elsewhere") };
    mkdirSync(join(home, "elsewhere/files"), { recursive: true });
    writeFileSync(join(home, "elsewhere/files/a.pdf"), "%PDF\n");
    const own = buildContext(folder, {});
    const other = buildContext(folder, {}, replaced);
    assert.notEqual(other.context, own.context);
    assert.notEqual(other.contentHash, own.contentHash);
    assert.deepEqual(contextFiles(other.context), ["Dockerfile", "src/files/a.pdf"]);
    assert.deepEqual(contextFiles(own.context), ["Dockerfile", "src/deep/main.ts"]);
    writeFileSync(join(home, "elsewhere/files/a.pdf"), "%PDF-2\n");
    assert.notEqual(buildContext(folder, {}, replaced).contentHash, other.contentHash);
  });

  test("of the service holds the folder that resume:content names", () => {
    for (const [path, text] of [
      ["service/content", "sample"],
      ["mine", "mine"],
    ] as const) {
      mkdirSync(join(home, path), { recursive: true });
      writeFileSync(join(home, path, "resume.json"), text);
    }
    const contentOf = (texts: Record<string, string>) => {
      const { image } = resume(parseConfig(texts), discovery, secrets);
      assert.ok(image.kind === "build");
      return readFileSync(join(image.context, "content/resume.json"), "utf8");
    };
    assert.deepEqual([contentOf({ content: "mine" }), contentOf({})], ["mine", "sample"]);
  });

  test("does not change with what nothing reads", () => {
    const before = hashOf();
    mkdirSync(join(folder, "src/.git/objects"), { recursive: true });
    for (const name of ["src/.DS_Store", "src/.git/objects/1", ".editorconfig"]) {
      writeFileSync(join(folder, name), name);
    }
    assert.equal(hashOf(), before);
    assert.deepEqual(contextFiles(buildContext(folder, {}).context), ["Dockerfile", "src/deep/main.ts"]);
  });

  test("does not see what .dockerignore leaves out", () => {
    writeFileSync(join(folder, ".dockerignore"), "# only these\n*\n!Dockerfile\n!src\n");
    const before = hashOf();
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "node_modules/x.js"), "x");
    assert.equal(hashOf(), before);
    assert.deepEqual(contextFiles(folder), ["Dockerfile", "src/deep/main.ts"]);
  });

  test("refuses a .dockerignore that it would misread", () => {
    writeFileSync(join(folder, ".dockerignore"), "**/*.md\n");
    assert.throws(() => hashOf(), /it must ignore "\*" and then name/);
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
