import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { seconds } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { sum } from "../lib/checks.ts";

const folder = mkdtempSync(join(tmpdir(), "commands-"));
after(() => rmSync(folder, { recursive: true }));

const main = join(projectRoot, "toolchain/main.ts");

test("a mistyped command fails with the list of commands, on stderr alone", async () => {
  const result = await run(process.execPath, [main, "upp"]);
  assert.equal(result.code, 1);
  assert.equal(result.stdout, "");
  assert.match(result.stderr, /There is no command "upp"[\s\S]*npm run up /);
});

test("every script of package.json that the toolchain runs is a command of it", async () => {
  const { default: file } = await import("../../package.json", { with: { type: "json" } });
  const listed = (await run(process.execPath, [main])).stderr;
  const names = Object.values(file.scripts).flatMap((script) => /start\.mjs (\S+)/.exec(script)?.[1] ?? []);
  assert.ok(names.length >= 7);
  for (const name of names) {
    assert.match(listed, new RegExp(`npm run ${name} `));
  }
});

test("the reporter counts tests, and neither suites nor what was skipped", async () => {
  const file = join(folder, "some.test.mjs");
  writeFileSync(
    file,
    `import { describe, test } from "node:test";
     describe("suite", () => {
       test("passes", () => {});
       test("fails", () => { throw new Error("wanted"); });
       test("is skipped", { skip: "here" }, () => {});
     });
     test("passes too", () => {});`,
  );
  const reporter = join(projectRoot, "toolchain/lib/counting-reporter.ts");
  // NODE_TEST_CONTEXT would make the inner runner report to the outer one.
  const result = await run(process.execPath, ["--test", `--test-reporter=${reporter}`, file], {
    env: { NODE_TEST_CONTEXT: undefined },
  });
  assert.equal(result.code, 1);
  assert.deepEqual(JSON.parse(result.stdout), { passed: 2, failed: 1 });
});

test("a program that is not there, that fails, that is late", async () => {
  assert.equal((await run("there-is-no-such-program", [])).code, 127);
  assert.equal((await run("sh", ["-c", "exit 3"])).code, 3);
  const late = await run("sh", ["-c", "(sleep 20; echo late) & sleep 20"], { timeoutMs: 200 });
  assert.equal(late.code, 124);
  assert.equal(late.stdout, "", "what it has started is ended with it");
});

test("times and sums for people", () => {
  assert.equal(seconds(420), "0.4 s");
  assert.equal(seconds(37_800), "38 s");
  assert.equal(seconds(200_000), "3 min 20 s");
  assert.deepEqual(
    sum([
      { passed: 1, failed: 0 },
      { passed: 2, failed: 3 },
    ]),
    { passed: 3, failed: 3 },
  );
});
