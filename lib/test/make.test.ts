import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makeFolder } from "../make.ts";

const folder = mkdtempSync(join(tmpdir(), "make-"));
after(() => rmSync(folder, { recursive: true }));

test("a folder appears complete, or not at all", async () => {
  const target = join(folder, "deep/thing");
  await assert.rejects(
    makeFolder(target, async (temporary) => {
      writeFileSync(join(temporary, "half"), "");
      throw new Error("interrupted");
    }),
    /interrupted/,
  );
  assert.deepEqual(readdirSync(join(folder, "deep")), []);
  await makeFolder(target, async (temporary) => writeFileSync(join(temporary, "whole"), "1"));
  await makeFolder(target, async (temporary) => writeFileSync(join(temporary, "whole"), "2"));
  assert.deepEqual(readdirSync(join(folder, "deep")), ["thing"]);
  assert.equal(readFileSync(join(target, "whole"), "utf8"), "2");
});
