// The digests were made with the official plugin's libraries (fsutil, moby's .dockerignore) over the same files.
import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { contextDigest, modeText } from "../docker-provider/context-digest.ts";

const start = process.cwd();
let directory = "";

describe("the digest of a build context", () => {
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "context-digest-"));
    process.chdir(directory);
    for (const path of ["c/a/b", "c/a.d", "c/node_modules/x", "c/docs/keep"]) {
      await mkdir(path, { recursive: true });
    }
    const files: [string, string, number][] = [
      ["c/a/b/f.txt", "1\n", 0o644],
      ["c/a.d/g", "2\n", 0o1777],
      ["c/a-z", "3\n", 0o4755],
      ["c/node_modules/x/i.js", "4\n", 0o644],
      ["c/docs/keep/k.md", "5\n", 0o644],
      ["c/docs/n.md", "6\n", 0o644],
      ["c/x.log", "7\n", 0o2640],
      ["c/Dockerfile", "FROM scratch\n", 0o644],
    ];
    for (const [path, content, mode] of files) {
      await writeFile(path, content);
      await chmod(path, mode);
    }
    await symlink("a/b/f.txt", "c/l1");
    await symlink("../a-z", "c/a/l2");
    await symlink("a", "c/ldir");
  });

  after(async () => {
    process.chdir(start);
    await rm(directory, { recursive: true });
  });

  const cases: [ignore: string, digest: string][] = [
    ["", "36dc92de8c0025e2b29548514d7e4ec23aaebb1d36f2835ea0b48fb2f74c333f"],
    ["node_modules\n*.log\n", "0d0897e5688b80947c3feac9c5e674e3b8e5176e73375a0230b1bc2261bb4721"],
    ["docs\n!docs/keep\n", "48645b2077cc835363b8fb17105a172cc8b35246c1ac5283d383d32192db2b21"],
    ["**/*.md\n!docs/keep/k.md\n# c\n\n", "ffb1205cbbe60735dd9feee109a95c2f8accc6e8d6ce267b9420fec681239ffc"],
    ["*\n!a/b/f.txt\n!Dockerfile\n", "312ad1447059db58caa2d6a07edcc7e1ade8eeb0f507a16cc71c00372b4b5dad"],
    ["a?z\n[b-d]*\n/x.log\n", "843f15ee204f5c8d532278538ba906093479c5ed8c2eb88ca36519f38db256d4"],
    ["a\\.d\n**/b\n", "8b0021f0a37edc0ab5d62362002652008826933263285603c2cb0844dfb05d4b"],
  ];

  for (const [ignore, digest] of cases) {
    test(`contextDigest with .dockerignore ${JSON.stringify(ignore)}`, async () => {
      await rm("c/.dockerignore", { force: true });
      if (ignore !== "") {
        await writeFile("c/.dockerignore", ignore);
        await chmod("c/.dockerignore", 0o644);
      }
      assert.equal(await contextDigest("c", "c/Dockerfile"), digest);
    });
  }

  test("file modes are written as Go writes them", () => {
    assert.equal(modeText(undefined), "----------");
    assert.equal(modeText({ mode: 0o100644 }), "-rw-r--r--");
    assert.equal(modeText({ mode: 0o120777 }), "Lrwxrwxrwx");
    assert.equal(modeText({ mode: 0o106755 }), "ugrwxr-xr-x");
    assert.equal(modeText({ mode: 0o101777 }), "trwxrwxrwx");
  });
});
