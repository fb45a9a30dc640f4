import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../toolchain/lib/paths.ts";
import { run } from "../../toolchain/lib/run.ts";

const bench = (...args: string[]) => run(process.execPath, [join(projectRoot, "toolchain/main.ts"), "bench", ...args]);

test("an address that is not loopback is refused with exit code 2, before anything is looked for", async () => {
  const { code, stdout, stderr } = await bench("--compare", "http://example.com/");
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^bench: example\.com is not a loopback address/);
});

test("what can't be run is exit code 2, with how to use it", async () => {
  for (const args of [[], ["--other"], ["--compare", "http://127.0.0.1", "http://127.0.0.1"]]) {
    const { code, stderr } = await bench(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /npm run bench -- --compare \[URL\]/);
  }
  const endless = await bench("--compare", "--seconds", "100000");
  assert.equal(endless.code, 2);
  assert.match(endless.stderr, /--seconds is 100000; allowed: a whole number from 1 to 60/);
});
