import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { memoryChecks, memoryReleaseChecks, sentChecks, successCheck } from "../checks.ts";
import type { BenchResult } from "../result.ts";
import type { Usage } from "../sampling.ts";
import { planOf, scenarios } from "../scenarios/catalogue.ts";
import { kneeNote } from "../scenarios/ramp.ts";
import { growthCheck, memorySlopeChecks } from "../scenarios/soak.ts";
import type { Site } from "../site.ts";
import { stepOf, usageOf } from "./fake-result.ts";
import { address, fakeServer, numbered } from "./fake-server.ts";
import { siteAnswer } from "./fake-site.ts";

/** A site with all that the scenarios ask for, whose answers a fault may be injected into. */
const site = (
  fault: (number: number, ...args: Parameters<RequestListener>) => boolean = () => false,
): RequestListener =>
  numbered((number, request, response) => {
    if (number > sound && fault(number, request, response)) {
      return;
    }
    siteAnswer(request, response);
  });

/** The answers that the benchmark asks for before any load, which no fault is injected into. */
const sound = 10;

/** Runs the command against a server of this process. */
async function bench(t: TestContext, listener: RequestListener, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const url = await fakeServer(t, listener);
  const command = [join(projectRoot, "benchmarks/main.ts"), url, "--report", folder, ...args];
  // No engine, and no browser: neither belongs to what is seen here.
  const env = { DOCKER_HOST: "unix:///nowhere.sock", PATH: "/nowhere" };
  const result = await run(process.execPath, command, { env });
  return { ...result, read: (): BenchResult => JSON.parse(readFileSync(join(folder, "result.json"), "utf8")), folder };
}

const short = ["--users", "20", "--duration", "1"];

describe("the command, against a server that", { concurrency: 4 }, () => {
  test("is quick and sound: exit code 0, with a table, a result and a page", async (t) => {
    const { code, stdout, read, folder, stderr } = await bench(t, site(), "--scenario", "crowd-2500", ...short);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /✓ +crowd-2500 \(users 20, 1 s\) +closed +20 +100\.00 %/);
    assert.match(stdout, /All targets are met\./);
    const [scenario] = read().scenarios;
    assert.ok((scenario?.steps[0]?.result.shares ?? []).length === 6);
    const html = readFileSync(join(folder, "report.html"), "utf8");
    assert.match(html, /All targets are met/);
    assert.doesNotMatch(html, /<script|src="http|NaN|undefined/);
  });

  test("fails 1 %: exit code 1", async (t) => {
    const fails = site((number, _request, response) => {
      if (number % 100 !== 30) {
        return false;
      }
      response.writeHead(500).end();
      return true;
    });
    const { code, stdout, read } = await bench(t, fails, "--scenario", "crowd-2500", ...short);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /✗ +crowd-2500 \(users 20, 1 s\): success +9\d\.\d\d % of/);
    assert.match(stdout, /status 500 instead of 200/);
    assert.equal(read().scenarios[0]?.checks[0]?.met, false);
  });

  test("sends wrong bytes: exit code 1", async (t) => {
    const lies = site((number, _request, response) => {
      if (number % 20 !== 0) {
        return false;
      }
      response.end("sorry");
      return true;
    });
    const { code, stdout } = await bench(t, lies, "--scenario", "crowd-2500", ...short);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /a body of 5 bytes that is not the expected one/);
  });

  test("cuts connections: exit code 1", async (t) => {
    const cuts = site((number, request) => {
      if (number % 20 !== 0) {
        return false;
      }
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
    assert.match(stdout, /✗ +paced-2500 \(users 20, 5 s\): static, p95 +\d+(\.\d+)? m?s +< 50 ms/);
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
    assert.match(stderr, /The scenario faults \(users 20, 1 s\) kills the stack's containers/);
  });

  test("dies in mid-run: exit code 1, with what it did until then and why the rest did not run", async (t) => {
    let dead = false;
    const dies: RequestListener = (request, response) => {
      if (dead) {
        request.socket.destroy();
      } else {
        siteAnswer(request, response);
      }
    };
    const mortal = numbered((number, ...rest) => {
      dead ||= number > 20;
      dies(...rest);
    });
    const args = ["--scenario", "health", "--scenario", "home", ...short];
    const { code, stdout, read } = await bench(t, mortal, ...args);
    assert.equal(code, 1, stdout);
    const [health, home] = read().scenarios;
    assert.ok((health?.steps[0]?.result.shares[0]?.failures.connections ?? 0) > 0);
    assert.deepEqual(home?.steps, []);
    assert.match(home?.checks[0]?.value ?? "", /^the site does not answer as it should before it: /);
    assert.match(stdout, /✗ +home \(users 20, 1 s\) +closed +did not run/);
  });

  test("with another number of users than the original's: its figures stay out", async (t) => {
    const { stdout, read } = await bench(t, site(), "--scenario", "home", ...short);
    assert.equal(read().scenarios[0]?.original, null);
    assert.doesNotMatch(stdout, /691\.6/);
  });

  test("the user stops: exit code 130, with what was seen until then", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "resume-bench-test-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const underWay = Promise.withResolvers<void>();
    const counts = site((number) => {
      if (number > 100) {
        underWay.resolve();
      }
      return false;
    });
    const url = await fakeServer(t, counts);
    const args = [join(projectRoot, "benchmarks/main.ts"), url, "--report", folder, "--scenario", "home"];
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
    assert.doesNotMatch(stdout, /targets are met/);
    const result: BenchResult = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
    assert.equal(result.stopped, true);
    assert.ok((result.scenarios[0]?.steps[0]?.result.shares[0]?.requests ?? 0) > 10);
  });
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

test("what answers visitors may not take more and more memory; Prometheus, which gathers samples, may", () => {
  const times = Array.from({ length: 100 }, (_, index) => index * 2000);
  const growing = (component: string) => times.map((time) => usageOf(component, 50e6 + 200 * time, time));
  const still = times.map((time) => usageOf("redis", 10e6, time));
  assert.deepEqual(
    memorySlopeChecks([...growing("nginx"), ...growing("prometheus"), ...still]).map(({ what, met }) => [what, met]),
    [
      ["memory, rise over the run, nginx", false],
      ["memory, rise over the run, redis", true],
    ],
  );
});

test("memory is each container's most, and each must give back what a crowd made it take", () => {
  const fine = [usageOf("resume", 149e6), usageOf("nginx", 249e6)];
  assert.ok(memoryChecks(fine).every(({ met }) => met));
  assert.deepEqual(
    memoryChecks([usageOf("resume", 151e6), usageOf("nginx", 251e6), usageOf("prometheus", 1e9)]).map(({ met }) => met),
    [false, false, false],
  );
  const two = (one: number, other: number) => [usageOf("resume", one, 0, "a"), usageOf("resume", other, 0, "b")];
  const check = (now: Usage[]) => memoryReleaseChecks(two(40e6, 60e6), two(300e6, 300e6), now, 5).map(({ met }) => met);
  assert.deepEqual(check(two(79e6, 99e6)), [true]);
  // What one gave back is not the other's.
  assert.deepEqual(check(two(81e6, 20e6)), [false]);
  // A new container has the heaviest of its kind to compare with.
  assert.deepEqual(check([usageOf("resume", 99e6, 0, "c")]), [true]);
  assert.deepEqual(check([usageOf("resume", 101e6, 0, "c")]), [false]);
});

test("requests that this machine could not send are no failure of the server's, but the run is none either", () => {
  const step = stepOf(100, 1000);
  assert.deepEqual(sentChecks(step), []);
  step.result.load.unsent = 5;
  step.result.load.unsentBy = ["EMFILE"];
  assert.equal(successCheck(step).met, true);
  assert.deepEqual(
    sentChecks(step).map(({ value, met }) => [value, met]),
    [["5: EMFILE", false]],
  );
});

test("the shares of every scenario are all of its users", () => {
  const same = address("http://127.0.0.1/");
  const pages = { health: same, home: same, experience: same, projects: same, contact: same, api: same, static: same };
  const site: Site = { page: Buffer.from(""), plainHome: same, ...pages };
  for (const scenario of scenarios) {
    const { shares } = planOf(scenario, site);
    assert.equal(
      shares.reduce((total, { users }) => total + users, 0),
      scenario.users,
      scenario.name,
    );
  }
});
