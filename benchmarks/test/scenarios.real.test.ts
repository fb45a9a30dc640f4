import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import type { BenchResult } from "../result.ts";
import { fakeServer, numbered } from "./fake-server.ts";
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
