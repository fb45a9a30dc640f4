import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { projectRoot } from "../../toolchain/lib/paths.ts";
import { run } from "../../toolchain/lib/run.ts";
import { compareWithBaseline } from "../baseline.ts";
import { fallenBackCheck, memoryChecks, successCheck } from "../checks.ts";
import type { PlanResult } from "../load/plan.ts";
import { kneeNote } from "../plays/ramp.ts";
import { growthCheck } from "../plays/soak.ts";
import type { BenchResult, Step } from "../result.ts";
import { planOf, scenarios } from "../scenarios.ts";
import type { Targets } from "../targets.ts";
import type { Usage } from "../watch/containers.ts";
import { fakeServer, numbered, target } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

/** A site with all that the scenarios ask for, on whose answers a fault may be played. */
const site = (
  fault: (number: number, ...args: Parameters<RequestListener>) => boolean = () => false,
): RequestListener =>
  numbered((number, request, response) => {
    if (number > sound && fault(number, request, response)) return;
    siteAnswer(request, response);
  });

/** The answers that the benchmark asks for before any load, which no fault is played on. */
const sound = 10;

/** Runs the command against a server of this process. */
async function bench(t: TestContext, listener: RequestListener, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const url = await fakeServer(t, listener);
  const command = [join(projectRoot, "toolchain/main.ts"), "bench", url, "--report", folder, ...args];
  // No engine, and no browser: neither belongs to what is seen here.
  const env = { DOCKER_HOST: "unix:///nowhere.sock", PATH: "/nowhere" };
  const result = await run(process.execPath, command, { env });
  return { ...result, read: (): BenchResult => JSON.parse(readFileSync(join(folder, "result.json"), "utf8")), folder };
}

const short = ["--users", "20", "--duration", "1"];

describe("the command, against a server that", { concurrency: true }, () => {
  test("is quick and sound: exit code 0, with a table, a result and a page", async (t) => {
    const { code, stdout, read, folder, stderr } = await bench(t, site(), "--scenario", "crowd-2500", ...short);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /crowd-2500 +closed +20 +100\.00 %/);
    assert.match(stdout, /All targets are met\./);
    const [scenario] = read().scenarios;
    assert.ok((scenario?.steps[0]?.result.shares ?? []).length === 6);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    assert.match(html, /All targets are met/);
    assert.doesNotMatch(html, /<script|src="http|NaN|undefined/);
  });

  test("fails 1 %: exit code 1", async (t) => {
    const fails = site((number, _request, response) => {
      if (number % 100 !== 0) return false;
      response.writeHead(500).end();
      return true;
    });
    const { code, stdout, read } = await bench(
      t,
      fails,
      "--scenario",
      "crowd-2500",
      "--users",
      "20",
      "--duration",
      "4",
    );
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ +crowd-2500: success +9\d\.\d\d % of/);
    assert.match(stdout, /status 500 instead of 200/);
    assert.equal(read().scenarios[0]?.checks[0]?.met, false);
  });

  test("sends wrong bytes: exit code 1", async (t) => {
    const lies = site((number, _request, response) => {
      if (number % 20 !== 0) return false;
      response.end("sorry");
      return true;
    });
    const { code, stdout } = await bench(t, lies, "--scenario", "crowd-2500", ...short);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /a body of 5 bytes that is not the expected one/);
  });

  test("cuts connections: exit code 1", async (t) => {
    const cuts = site((number, request) => {
      if (number % 20 !== 0) return false;
      request.socket.destroy();
      return true;
    });
    const { code, stdout } = await bench(t, cuts, "--scenario", "crowd-2500", ...short);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /"connections":[1-9]/);
  });

  test("answers late: exit code 1, though it answers everything", async (t) => {
    const late = site((_number, request, response) => {
      setTimeout(() => siteAnswer(request, response), 300);
      return true;
    });
    const { code, stdout } = await bench(t, late, "--scenario", "paced-2500", "--users", "20", "--duration", "5");
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ +paced-2500: static, p95 +\d+(\.\d+)? m?s +< 50 ms/);
  });

  test("limits this client: exit code 1, and it says so", async (t) => {
    const limits = site((_number, _request, response) => {
      response.writeHead(429).end();
      return true;
    });
    const { code, stdout } = await bench(t, limits, "--scenario", "home", ...short);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /answers were 429: the edge limits this client/);
  });

  test("is no résumé site: exit code 2, before any load", async (t) => {
    const { code, stderr } = await bench(t, (_request, response) => response.end("hello"));
    assert.equal(code, 2);
    assert.match(stderr, /answers with nothing instead of text\/html/);
  });

  test("a scenario that changes containers, where there are none: exit code 2", async (t) => {
    const { code, stderr } = await bench(t, site(), "--scenario", "faults", ...short);
    assert.equal(code, 2);
    assert.match(stderr, /The scenario faults changes the stack's containers/);
  });

  test("the user stops: exit code 130, with what was seen until then", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const underWay = Promise.withResolvers<void>();
    const counts = site((number) => {
      if (number > 100) underWay.resolve();
      return false;
    });
    const url = await fakeServer(t, counts);
    const args = [join(projectRoot, "toolchain/main.ts"), "bench", url, "--report", folder, "--scenario", "home"];
    const child = spawn(process.execPath, [...args, "--scenario", "health", "--users", "5", "--duration", "60"], {
      env: { DOCKER_HOST: "unix:///nowhere.sock", PATH: "/nowhere" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    await underWay.promise;
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("close", resolve));
    assert.equal(code, 130);
    assert.match(stdout, /Stopped by the user: this is what was seen until then\./);
    const result: BenchResult = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
    assert.equal(result.stopped, true);
    assert.ok((result.scenarios[0]?.steps[0]?.result.shares[0]?.requests ?? 0) > 10);
  });
});

/** A run of one share, by its numbers. */
const resultOf = (requests: number, failed: number, perSecond: number): PlanResult => ({
  seconds: (requests - failed) / perSecond,
  shares: [
    {
      name: "home",
      users: 1,
      requests,
      failures: { connections: failed, timeouts: 0, statuses: 0, limited: 0, bodies: 0 },
      troubles: [],
      latency: { mean: 1, p50: 1, p90: 1, p95: 2, p99: 3, p999: 4, max: 5 },
      histogram: "",
    },
  ],
  series: [],
  stopped: false,
  load: { busy: 0, lateMs: 0, threads: 1, unsent: 0, unsentBy: [], cutOff: 0 },
  connections: { most: 1, reconnects: 0, idleCuts: 0 },
});
const stepOf = (users: number, requests: number, failed = 0, perSecond = 1000): Step => ({
  label: "",
  users,
  result: resultOf(requests, failed, perSecond),
});

test("one failure in a million is not 100 %", () => {
  const check = successCheck(stepOf(1, 1_000_000, 1));
  assert.equal(check.value, "99.99 % of 1,000,000");
  assert.equal(check.met, false);
  assert.equal(successCheck(stepOf(1, 0)).met, false);
});

test("the knee is the last step that brought more", () => {
  const steps = [100, 200, 400, 800].map((users, index) => stepOf(users, 1000, 0, [500, 900, 930, 880][index]));
  assert.match(kneeNote(steps), /^The knee is at 200 users, 900 requests\/s/);
});

test("what is not given back is growth, swinging is not", () => {
  const check = (value: (index: number) => number) => {
    const points = Array.from({ length: 100 }, (_, index): [number, number] => [index * 1000, value(index)]);
    return growthCheck("heap", { labels: { instance: "a" }, points });
  };
  assert.equal(check((index) => 100 + index / 2).met, false);
  assert.equal(check((index) => 100 + (index % 40) * 5).met, true);
  assert.equal(check((index) => (index % 40) * 5 + (index < 50 ? 100 : 120)).met, false);
  assert.equal(growthCheck("heap", { labels: {}, points: [] }).met, false);
});

test("memory is each container's most, and must fall back", () => {
  const usage = (component: string, memory: number): Usage => ({
    time: 0,
    container: component,
    component,
    memory,
    cpuSeconds: 0,
  });
  const fine = [usage("resume", 149e6), usage("nginx", 249e6)];
  assert.ok(memoryChecks(fine).every(({ met }) => met));
  assert.deepEqual(
    memoryChecks([usage("resume", 151e6), usage("nginx", 251e6), usage("prometheus", 1e9)]).map(({ met }) => met),
    [false, false, false],
  );
  const [before, peak] = [[usage("resume", 100e6)], [usage("resume", 300e6)]];
  assert.equal(fallenBackCheck(before, peak, [usage("resume", 190e6)], 5).met, true);
  assert.equal(fallenBackCheck(before, peak, [usage("resume", 210e6)], 5).met, false);
});

test("the shares of every scenario are all of its users", () => {
  const same = target("http://127.0.0.1/");
  const pages = { health: same, home: same, experience: same, projects: same, contact: same, api: same, static: same };
  const targets: Targets = { page: Buffer.from(""), plainHome: same, ...pages };
  for (const scenario of scenarios) {
    const { shares } = planOf(scenario, targets);
    assert.equal(
      shares.reduce((total, { users }) => total + users, 0),
      scenario.users,
      scenario.name,
    );
  }
});

test("against a baseline the machine's own speed is taken out", () => {
  const run = (perSecond: number, file: number): BenchResult => ({
    schema: 1,
    startedAt: "",
    url: "",
    machine: { cpu: "", cores: 1, memoryGb: 1, node: "", engine: null, replicas: null },
    scenarios: [
      {
        name: "home",
        title: "",
        kind: "closed",
        users: 1,
        original: null,
        steps: [stepOf(1, 1000, 0, perSecond)],
        checks: [],
        usage: [],
        notes: [],
      },
    ],
    comparison: {
      engine: "",
      effort: { connections: 1, rounds: 1, seconds: 1, warmUpSeconds: 0, users: 1, everyMs: 1, pacedRounds: 1 },
      pairs: [{ name: "", least: 0, ratio: 1, ratios: [1], stack: side(1), reference: side(file) }],
      paced: [],
    },
    stopped: false,
  });
  const side = (perSecond: number) => ({
    perSecond: [perSecond],
    answers: 1,
    failed: 0,
    failures: { connections: 0, timeouts: 0, statuses: 0, bodies: 0 },
    cpuPerThousand: { nginx: 0, replicas: 0 },
    troubles: [],
    histograms: [],
  });
  // Twice as fast a machine, and three times the requests: half as much again is the stack's own.
  assert.deepEqual(compareWithBaseline(run(3000, 20_000), run(1000, 10_000)), {
    rows: [{ name: "home", perSecond: 1.5, p95: 1 }],
    machine: 2,
  });
});
