import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { bench } from "../command.ts";
import { chosenScenarios } from "../options.ts";

/** The sentence that the command ends with. */
async function refusal(...args: string[]): Promise<string> {
  let sentence = "";
  await assert.rejects(bench(args), (error) => {
    assert.ok(error instanceof UserError, String(error));
    sentence = error.message;
    return true;
  });
  return sentence;
}

test("an address that is not loopback is refused with exit code 2, before anything is looked for", async () => {
  const args = [join(projectRoot, "benchmarks/main.ts"), "--compare", "http://example.com/"];
  const { code, stdout, stderr } = await run(process.execPath, args);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  assert.match(stderr, /^bench: example\.com is not a loopback address/);
});

test("what can't be run is refused with how to use it", async () => {
  const twice = ["http://127.0.0.1", "http://127.0.0.1"];
  for (const args of [["--other"], twice, ["--compare", ...twice]]) {
    assert.match(await refusal(...args), /npm run bench -- --compare \[URL\]/);
  }
});

test("a bad value is refused in one sentence", async () => {
  const cases: [string[], RegExp][] = [
    [["--compare", "--seconds", "100000"], /--seconds is 100000; allowed: a whole number from 1 to 60\.$/],
    [["--users", "1e6"], /--users is 1e6; allowed: a whole number from 1 to 20000\.$/],
    [["--duration", "0"], /--duration is 0; allowed: a whole number from 1 to 3600\.$/],
    [["--scenario", "tsunami"], /--scenario is tsunami; allowed: health, home, stress, heavy, crowd-2500/],
    [["--baseline", "nowhere.json"], /--baseline nowhere\.json can't be read: ENOENT/],
  ];
  for (const [args, sentence] of cases) {
    assert.match(await refusal(...args), sentence);
  }
});

test("an option without effect is refused in one sentence", async () => {
  const cases: [string[], RegExp][] = [
    [["--compare", "--scenario", "home"], /--scenario does not apply to --compare\.$/],
    [["--compare", "--baseline", "x.json"], /--baseline does not apply to --compare\.$/],
    [["--json", "x.json"], /--json does not apply to a run of scenarios\.$/],
    [["--scenario", "home", "--rounds", "3"], /--rounds does not apply where scenarios are named: /],
    [["--i-own-this-host"], /--i-own-this-host does not apply without an address: /],
  ];
  for (const [args, sentence] of cases) {
    assert.match(await refusal(...args), sentence);
  }
});

test("a scenario with other users or another time than its own says so, and has the original's figures for its own users only", () => {
  const [same] = chosenScenarios({ names: ["home"], users: 200, seconds: undefined });
  assert.equal(same?.name, "home");
  const [longer] = chosenScenarios({ names: ["home"], users: 200, seconds: 30 });
  assert.equal(longer?.name, "home (30 s)");
  assert.equal(longer?.original?.perSecond, 691.6);
  const [fewer] = chosenScenarios({ names: ["home"], users: 100, seconds: undefined });
  assert.equal(fewer?.title, "home page (users 100)");
  assert.equal(fewer?.original, undefined);
});
