import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { run } from "../../lib/run.ts";
import { ask, isExpectedBody } from "../address.ts";
import { split } from "../load/parts.ts";
import { failedOf, type Plan, type PlanResult, type Second, totals } from "../load/plan.ts";
import { runPlan } from "../load/run.ts";
import { assertAllSent } from "../machine.ts";
import { planResult } from "./fake-result.ts";
import { address, fakeServer, good, goodBody, numbered } from "./fake-server.ts";
import { runHere } from "./run-here.ts";

/** Says nothing at all. */
const stalls: RequestListener = () => {};

/** Begins at once and sends a byte now and then, so that no time between two bytes is long; never comes to an end. */
const dribbles: RequestListener = (_request, response) => {
  response.writeHead(200, { "Content-Length": goodBody.length + 1000 });
  const drip = setInterval(() => response.write("."), 20);
  response.on("close", () => clearInterval(drip));
};

const timeoutMs = 300;

const planOf = (url: string, changes: Partial<Plan> = {}): Plan => ({
  kind: "closed",
  shares: [{ name: "all", address: address(url), users: 4 }],
  seconds: 0.5,
  everyMs: 100,
  timeoutMs,
  ...changes,
});

const one = ({ shares }: PlanResult) => shares[0] ?? assert.fail();

/** A run's seconds have all that its shares have. */
function assertSumsAreEqual(result: PlanResult): void {
  const { requests, failed } = totals(result);
  const total = (of: (second: Second) => number) => result.series.reduce((all, second) => all + of(second), 0);
  assert.equal(
    total((second) => second.requests),
    requests,
  );
  assert.equal(
    total((second) => second.failed),
    failed,
  );
  for (const { histogram, requests } of result.shares) {
    assert.equal(decodeFromCompressedBase64(histogram).totalCount, requests);
  }
}

describe("no whole answer within the time limit", { concurrency: true }, () => {
  for (const [name, listener] of Object.entries({ stalls, dribbles })) {
    for (const kind of ["closed", "open"] as const) {
      test(`a server that ${name}, ${kind}: every request is a time-out, and the run ends in time`, async (t) => {
        const result = await runHere(planOf(await fakeServer(t, listener), { kind }));
        const { requests, failures, errors, latency } = one(result);
        // Open model: 4 users, 5 requests each; most fall due while the one before hangs, and have the same limit.
        assert.ok(kind === "open" ? requests === 20 : requests >= 4, `${requests}`);
        assert.equal(failures.timeouts, requests);
        assert.equal(failedOf(failures), requests);
        assert.deepEqual(errors, ["no whole answer within 0.3 s"]);
        assert.ok(latency.p50 >= timeoutMs);
        assertSumsAreEqual(result);
      });

      test(`a server that ${name}, ${kind}: who stops waits for nothing, and what was under way is no failure`, async (t) => {
        // Long before the second of four users of the open model asks.
        const underWay = kind === "closed" ? 4 : 1;
        const stopping = new AbortController();
        const url = await fakeServer(
          t,
          numbered((number, ...rest) => {
            listener(...rest);
            if (number < underWay) {
              return;
            }
            stopping.abort();
          }),
        );
        const plan = planOf(url, { kind, seconds: 60, everyMs: 30_000, timeoutMs: 10_000 });
        const result = await runHere(plan, stopping.signal);
        assert.equal(result.stopped, true);
        assert.equal(result.load.cutOff, underWay);
        assert.deepEqual(totals(result), { requests: 0, failed: 0, perSecond: 0 });
      });
    }
  }

  test("who stops while the connections are still being made leaves no failure either", async (t) => {
    const stopping = new AbortController();
    const running = runHere(planOf(await fakeServer(t, good)), stopping.signal);
    stopping.abort();
    const result = await running;
    assert.equal(result.load.cutOff, 4);
    assert.deepEqual(totals(result), { requests: 0, failed: 0, perSecond: 0 });
  });

  test("an answer that comes whole but late is a time-out", async (t) => {
    const late = numbered((number, _request, response) => {
      setTimeout(() => response.end(goodBody), number <= 4 ? timeoutMs + 30 : 0);
    });
    const { failures } = one(await runHere(planOf(await fakeServer(t, late))));
    assert.deepEqual(failures, { connections: 0, timeouts: 4, statuses: 0, limited: 0, bodies: 0 });
  });

  test("a single question has the same limit as a whole", async (t) => {
    for (const listener of [stalls, dribbles]) {
      await assert.rejects(ask(await fakeServer(t, listener), {}, false, timeoutMs), /no whole answer within 0\.3 s/);
    }
  });
});

test("a thread that has more to ask than it can still hears the answers, and that it is to stop", async (t) => {
  const stopping = new AbortController();
  const answers: RequestListener = (_request, response) => {
    response.end(goodBody);
    setTimeout(() => stopping.abort(), 50);
  };
  const plan = planOf(await fakeServer(t, answers), { kind: "open", everyMs: 0.001, seconds: 60 });
  const { load, stopped } = await runHere(plan, stopping.signal);
  assert.equal(stopped, true);
  assert.ok(load.lateMs > 0 && load.cutOff > 0);
});

test("failures after the last whole second are in the series too", async (t) => {
  const result = await runHere(planOf(await fakeServer(t, stalls), { seconds: 1.2 }));
  const last = result.series.at(-1);
  assert.ok(result.series.length >= 2);
  assert.ok(last !== undefined && last.failed > 0 && last.seconds < 1, JSON.stringify(result.series));
  assertSumsAreEqual(result);
});

describe("connections", { concurrency: true }, () => {
  // Nothing is late here, however busy the machine.
  const patient = (url: string, changes: Partial<Plan> = {}) => planOf(url, { timeoutMs: 10_000, ...changes });

  test("those that stay open are counted", async (t) => {
    const { connections } = await runHere(patient(await fakeServer(t, good)));
    assert.deepEqual(connections, { most: 4, reconnects: 0, idleCuts: 0 });
  });

  test("one that ends between two requests is no failure, but is told", async (t) => {
    const cutsIdle = numbered((number, request, response) => {
      response.end(goodBody);
      if (number === 2) {
        setTimeout(() => request.socket.destroy(), 20);
      }
    });
    const plan = patient(await fakeServer(t, cutsIdle), { kind: "open", everyMs: 1000, seconds: 3 });
    const result = await runHere(plan);
    assert.deepEqual(totals(result).failed, 0);
    assert.deepEqual(result.connections, { most: 4, reconnects: 1, idleCuts: 1 });
  });

  test("one that a server closes with its answer is no failure, but is told", async (t) => {
    const closes: RequestListener = (_request, response) => response.setHeader("Connection", "close").end(goodBody);
    const result = await runHere(patient(await fakeServer(t, closes), { kind: "open", seconds: 0.4 }));
    assert.deepEqual(totals(result), { requests: 16, failed: 0, perSecond: 16 / result.seconds });
    assert.equal(result.connections.reconnects, 12);
    // The last may end with the run.
    assert.ok(result.connections.idleCuts >= 15, `${result.connections.idleCuts}`);
  });

  test("one that is cut under a request is a failure, and no idle cut", async (t) => {
    const cuts = numbered((number, request, response) => {
      if (number === 6) {
        request.socket.destroy();
      } else {
        response.end(goodBody);
      }
    });
    const result = await runHere(patient(await fakeServer(t, cuts), { kind: "open", seconds: 0.4 }));
    assert.equal(one(result).failures.connections, 1);
    assert.deepEqual({ ...result.connections, most: 0 }, { most: 0, reconnects: 1, idleCuts: 0 });
  });
});

test("what this machine can't send is not the server's failure", async (t) => {
  if (process.platform === "win32") {
    return t.skip("no ulimit");
  }
  const script = join(import.meta.dirname, "few-files.ts");
  const limited = ["-c", 'ulimit -n 64 && exec "$0" "$@"', process.execPath, script, await fakeServer(t, good)];
  const { stdout, stderr } = await run("sh", limited);
  const result: PlanResult = JSON.parse(stdout || assert.fail(stderr));
  assert.ok(result.load.unsent > 0);
  assert.deepEqual(result.load.unsentBy, ["EMFILE"]);
  assert.ok(one(result).requests > 0);
  assert.equal(failedOf(one(result).failures), 0, JSON.stringify(one(result)));
  assert.throws(() => assertAllSent(result.load), /^UserError: This machine could not send \d+ requests \(EMFILE\)/);
});

describe("in threads", { concurrency: true }, () => {
  test("the users are dealt out evenly, and none is lost", () => {
    const shares = [1, 5, 2, 3].map((users, index) => ({
      name: `${index}`,
      address: address("http://127.0.0.1/"),
      users,
    }));
    const parts = split(planOf("http://127.0.0.1/", { shares }), 3);
    const users = parts.map((part) => part.shares.map((share) => share.users));
    assert.deepEqual(
      users.map((own) => own.reduce((all, count) => all + count, 0)),
      [4, 4, 3],
    );
    for (const [index, share] of shares.entries()) {
      assert.equal(
        users.reduce((all, own) => all + (own[index] ?? 0), 0),
        share.users,
      );
    }
    assert.equal(split(planOf("http://127.0.0.1/"), 64).length, 4);
  });

  test("two threads' results are one", async (t) => {
    const fails = numbered((number, _request, response) => {
      if (number === 7) {
        response.statusCode = 500;
      }
      response.end(goodBody);
    });
    const url = await fakeServer(t, fails);
    const shares = [3, 2].map((users, index) => ({ name: `${index}`, address: address(url), users }));
    const seen: Second[] = [];
    const plan = planOf(url, { kind: "open", shares, seconds: 1.5, timeoutMs: 10_000 });
    const result = await runPlan(plan, (second) => seen.push(second), 2);
    assert.equal(result.load.threads, 2);
    assert.deepEqual(
      result.shares.map(({ name, users, requests }) => ({ name, users, requests })),
      [
        { name: "0", users: 3, requests: 45 },
        { name: "1", users: 2, requests: 30 },
      ],
    );
    assert.equal(totals(result).failed, 1);
    assert.deepEqual(
      result.shares.flatMap(({ errors }) => errors),
      ["status 500 instead of 200"],
    );
    assert.equal(result.connections.most, 5);
    assert.equal(seen.length, 1);
    assert.deepEqual(seen[0], result.series[0]);
    assertSumsAreEqual(result);
  });
});

test("answers a second are those of a run under way: not of its first two seconds, where it is longer than four", () => {
  const second = (requests: number, failed: number, seconds = 1) => {
    return { time: 0, seconds, requests, failed, connections: 1, p50: 1, p95: 1, p99: 1 };
  };
  const whole = planResult(251, 10, 50);
  const series = [second(1, 0), second(50, 0), second(100, 0), second(90, 10), second(10, 0, 0.5)];
  assert.deepEqual(totals({ ...whole, series }), { requests: 251, failed: 10, perSecond: 190 / 2.5 });
  assert.equal(totals({ ...whole, series: series.slice(0, 3) }).perSecond, 50);
});

test("a probe's answer is read once, and every other one too", () => {
  const expected = { kind: "json", texts: { status: "ok" } } as const;
  const isExpected = (text: string) => isExpectedBody(Buffer.from(text), expected);
  for (let time = 0; time < 2; time++) {
    assert.ok(isExpected('{"status":"ok","replica":"a"}'));
    assert.ok(isExpected('{"replica":"b","status":"ok"}'));
    for (const wrong of ['{"status":"okay"}', '{"replica":"a"}', '["ok"]', '{"status":"ok"', ""]) {
      assert.equal(isExpected(wrong), false, wrong);
    }
  }
  assert.equal(
    isExpectedBody(Buffer.from('{"status":"ok","replica":"a"}'), { ...expected, texts: { status: "no" } }),
    false,
  );
});
