import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../lock.mjs";

const folder = mkdtempSync(join(tmpdir(), "lock-"));
after(() => rmSync(folder, { recursive: true }));

const lockModule = join(import.meta.dirname, "../lock.mjs");
/** A program that holds the lock and writes when it had it. */
function holder(file: string, log: string): string[] {
  return [
    "--input-type=module",
    "-e",
    `import { appendFileSync } from "node:fs";
   const { withLock } = await import(${JSON.stringify(lockModule)});
   await withLock(${JSON.stringify(file)}, async () => {
     appendFileSync(${JSON.stringify(log)}, "in\\n");
     await new Promise((done) => setTimeout(done, 100));
     appendFileSync(${JSON.stringify(log)}, "out\\n");
   });`,
  ];
}

test("several processes have the lock one after the other", async () => {
  const file = join(folder, "one");
  const log = join(folder, "one.log");
  const children = [1, 2, 3, 4].map(() => spawn(process.execPath, holder(file, log), { stdio: "inherit" }));
  const codes = await Promise.all(children.map(async (child) => (await once(child, "close"))[0]));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  assert.equal(readFileSync(log, "utf8"), "in\nout\n".repeat(4));
  assert.equal(existsSync(file), false);
});

test("the lock of a process that has died does not count", async () => {
  const file = join(folder, "stale");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(file, String(pid));
  assert.equal(await withLock(file, async () => "done"), "done");
});

test("onWait is called once, with the holder; a failure releases the lock", async () => {
  const file = join(folder, "waited");
  const waits: number[] = [];
  const first = withLock(file, async () => {
    await sleep(500);
    throw new Error("first fails");
  });
  const second = withLock(
    file,
    async () => "second",
    (pid) => waits.push(pid),
  );
  await assert.rejects(first, /first fails/);
  assert.equal(await second, "second");
  assert.deepEqual(waits, [process.pid]);
});
