import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { eventually } from "../../infra/test/support/eventually.ts";
import { TestStack } from "../../infra/test/support/stack.ts";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { heapCheck } from "../plays/soak.ts";
import type { BenchResult } from "../result.ts";
import { compareStack, defaultEffort } from "../stack-comparison.ts";
import { watchHeaps } from "../watch/heaps.ts";

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

/** A Node.js process in a container like a replica's, which makes a thousand objects a hundred times a second. */
async function makingObjects(t: TestContext, then: string): Promise<Docker.ContainerInspectInfo> {
  const { engine } = stack.live;
  const [replica] = await stack.live.containers("resume");
  assert.ok(replica);
  const program = `const kept = []; setInterval(() => { const made = Array.from({ length: 1000 }, (_, index) => ({ index })); ${then} }, 10);`;
  const container = await engine.createContainer({ Image: replica.image, Cmd: ["node", "--eval", program] });
  t.after(() => container.remove({ force: true }));
  await container.start();
  return container.inspect();
}

/** What a soak says of the heaps of these containers, after so many readings of each. */
async function heapChecks(containers: readonly Docker.ContainerInspectInfo[]) {
  const { heaps, stop } = watchHeaps(stack.live.engine, containers, 100);
  try {
    await eventually(60, async () => assert.ok(heaps.every(({ points }) => points.length >= 30)));
  } finally {
    assert.equal(await stop(), undefined);
  }
  return heaps.map(heapCheck);
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

  test("a heap that keeps what it makes grows, one that is only collected late does not", async (t) => {
    const checks = await heapChecks([await makingObjects(t, "kept.push(made);"), await makingObjects(t, "")]);
    assert.deepEqual(
      checks.map(({ met }) => met),
      [false, true],
      JSON.stringify(checks),
    );
  });

  test("the heaps of the replicas are looked at, and nothing is left of that", async () => {
    const replicas = (await stack.live.containers("resume")).map(({ id }) => stack.live.engine.getContainer(id));
    const checks = await heapChecks(await Promise.all(replicas.map((replica) => replica.inspect())));
    for (const { value } of checks) assert.match(value, / % \(99\.9 %: /);
    for (const replica of replicas) assert.equal((await replica.top()).Processes.length, 1);
  });

  test("of a container that is gone no heap is known, and why", async (t) => {
    const mortal = await makingObjects(t, "");
    const { heaps, stop } = watchHeaps(stack.live.engine, [mortal], 100);
    await eventually(60, async () => assert.ok(heaps.every(({ points }) => points.length > 0)));
    await stack.live.engine.getContainer(mortal.Id).kill();
    await pause(500);
    assert.match((await stop()) ?? "", /^no heap could be read in /);
  });

  test("against references: both sides answer all, and nothing is left of them", async () => {
    const effort = {
      ...defaultEffort,
      connections: 20,
      rounds: 1,
      seconds: 2,
      warmUpSeconds: 0,
      users: 20,
      pacedRounds: 1,
    };
    const { comparison } = await compareStack(stack.live.engine, new URL(url), effort, () => {});
    assert.equal(comparison.pairs.length, 2);
    for (const { name, ratio, stack: own, reference } of comparison.pairs) {
      assert.equal(own.failed + reference.failed, 0, JSON.stringify([own, reference]));
      assert.ok(ratio > 0.1 && ratio < 10, `${name}: ${ratio}`);
    }
    assert.equal(comparison.paced.length, 3);
    const left = await stack.live.engine.listContainers({ all: true, filters: { label: ["resume.benchmark"] } });
    assert.deepEqual(left, []);
  });
});
