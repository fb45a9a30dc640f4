import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../infra/test/support/eventually.ts";
import { TestStack } from "../../infra/test/support/stack.ts";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import type { BenchResult } from "../result.ts";
import { compareStack, defaultEffort } from "../stack-comparison.ts";

const stack = new TestStack(`bench-${process.pid}`);
let url: string;

/** Runs the command with a scenario, as its user would. */
async function bench(...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  try {
    const command = [join(projectRoot, "benchmarks/main.ts"), url, "--report", folder, ...args];
    const { code, stdout, stderr } = await run(process.execPath, command);
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const result: BenchResult = JSON.parse(read("result.json"));
    const [scenario] = result.scenarios;
    assert.ok(scenario !== undefined, stderr);
    return { code, said: `${stdout}${stderr}`, result, scenario, html: read("report.html") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the benchmark of a stack", { timeout: 5 * 60_000 }, () => {
  before(async () => {
    await stack.initialise({ "resume:replicas": "2" });
    await stack.up();
    url = await stack.address("url");
    await eventually(20, async () => assert.equal((await fetch(`${url}/health`)).status, 200));
  });
  after(() => stack.remove());

  test("replicas are killed meanwhile, nobody notices, and the report shows the containers", async () => {
    const { code, said, result, scenario, html } = await bench(
      ...["--scenario", "faults", "--users", "20", "--duration", "8"],
    );
    assert.equal(code, 0, said);
    const kills = scenario.checks.find(({ what }) => what === "replicas killed meanwhile");
    assert.ok(Number(kills?.value) >= 1, said);
    assert.equal(await stack.live.healthy("resume"), 2);
    assert.deepEqual(new Set(scenario.usage.map(({ component }) => component)).has("nginx"), true);
    for (const title of ["Processors", "Memory of each container, MB"]) {
      assert.ok(html.includes(`<h3>${title}</h3><svg`), title);
    }
    assert.equal(result.stack?.replicas, 2);
    assert.equal(result.stack?.limits.memoryMb, 1024);
    assert.ok(Object.keys(result.stack?.images ?? {}).includes("redis"), JSON.stringify(result.stack));
  });

  test("the cache: a first answer to each page, then warm, then past it", async () => {
    const { code, said, scenario } = await bench("--scenario", "cache", "--users", "20", "--duration", "1");
    assert.equal(code, 0, said);
    assert.deepEqual(
      scenario.steps.map(({ label }) => label),
      ["warm", "past the cache"],
    );
    const first = scenario.checks.filter(({ what }) => what.endsWith("first answer and the next ones"));
    assert.equal(first.length, 6);
  });

  test("against references: both sides answer all, and nothing is left of them", async () => {
    const effort = {
      ...defaultEffort,
      connections: 20,
      rounds: 1,
      seconds: 2,
      warmUpSeconds: 0,
      users: 20,
      requestsPerUser: 1,
    };
    const { comparison } = await compareStack(stack.live.engine, new URL(url), effort, () => {});
    assert.equal(comparison.pairs.length, 2);
    for (const { name, ratio, stack: own, reference } of comparison.pairs) {
      assert.equal(own.failed + reference.failed, 0, JSON.stringify([own, reference]));
      assert.ok(ratio > 0.1 && ratio < 10, `${name}: ${ratio}`);
    }
    assert.equal(comparison.openModel.length, 3);
    const left = await stack.live.engine.listContainers({ all: true, filters: { label: ["resume.benchmark"] } });
    assert.deepEqual(left, []);
  });
});
