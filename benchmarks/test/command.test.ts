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
  const twice = ["http://127.0.0.1", "http://127.0.0.1"];
  for (const args of [["--other"], twice, ["--compare", ...twice], ["--compare", "--metrics-cost"]]) {
    const { code, stderr } = await bench(...args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, /npm run bench -- --compare \[URL\]/);
  }
});

test("a bad value is exit code 2 and one sentence", async () => {
  const cases: [string[], RegExp][] = [
    [["--compare", "--seconds", "100000"], /--seconds is 100000; allowed: a whole number from 1 to 60\.$/],
    [["--users", "1e6"], /--users is 1e6; allowed: a whole number from 1 to 20000\.$/],
    [["--duration", "0"], /--duration is 0; allowed: a whole number from 1 to 3600\.$/],
    [["--scenario", "tsunami"], /--scenario is tsunami; allowed: health, home, stress, heavy, crowd-2500/],
    [["--baseline", "nowhere.json"], /--baseline nowhere\.json can't be read: ENOENT/],
  ];
  for (const [args, sentence] of cases) {
    const { code, stdout, stderr } = await bench(...args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr.trim(), sentence);
  }
});
