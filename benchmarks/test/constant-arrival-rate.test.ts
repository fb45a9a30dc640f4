import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { dueTimes } from "../load/models.ts";
import { failedOf, type ShareResult } from "../load/plan.ts";
import { address, fakeServer, good, goodBody, numbered } from "./fake-server.ts";
import { runHere } from "./run-here.ts";

/** Users of the open model, in this thread. */
async function arrive(url: string, users: number, everyMs: number, rounds: number): Promise<ShareResult> {
  const shares = [{ name: "all", address: address(url), users }];
  const seconds = (everyMs * rounds) / 1000;
  const result = await runHere({ kind: "open", shares, seconds, everyMs });
  return result.shares[0] ?? assert.fail();
}

test("the users are spread over the interval, and each asks once in it", () => {
  assert.deepEqual(
    [...dueTimes({ users: 2, everyMs: 1000, seconds: 2, phase: 0 })],
    [
      { user: 0, atMs: 0 },
      { user: 1, atMs: 500 },
      { user: 0, atMs: 1000 },
      { user: 1, atMs: 1500 },
    ],
  );
});

test("a run asks for its whole time, also where that is no multiple of the interval", () => {
  const due = [...dueTimes({ users: 10, everyMs: 5000, seconds: 7, phase: 0 })];
  assert.equal(due.length, 14);
  assert.deepEqual(due.at(-1), { user: 3, atMs: 6500 });
  assert.deepEqual([...dueTimes({ users: 0, everyMs: 1, seconds: 1, phase: 0 })], []);
});

test("the users of two threads take turns", () => {
  const due = [0, 0.5].flatMap((phase) => [...dueTimes({ users: 2, everyMs: 1000, seconds: 1, phase })]);
  assert.deepEqual(
    due.map(({ atMs }) => atMs).sort((one, other) => one - other),
    [0, 250, 500, 750],
  );
});

test("times are made as they fall due: a million users for an hour take no memory", () => {
  const [first] = dueTimes({ users: 1e6, everyMs: 1, seconds: 3600, phase: 0 });
  assert.deepEqual(first, { user: 0, atMs: 0 });
});

test("a quick server is answered for as quick", async (t) => {
  const result = await arrive(await fakeServer(t, good), 10, 200, 3);
  assert.equal(result.requests, 30);
  assert.equal(failedOf(result.failures), 0);
  assert.ok(result.latency.p50 < 100, `median ${result.latency.p50} ms`);
});

test("requests that fall due while the server stalls count from when they were due", async (t) => {
  let stalledUntil = 0;
  const listener = numbered((number, _request, response) => {
    if (number === 1) {
      stalledUntil = performance.now() + 400;
    }
    setTimeout(() => response.end(goodBody), Math.max(0, stalledUntil - performance.now()));
  });
  // A closed loop would see one slow request. Here 20 of 25 fall due within the stall, and wait 200 ms on average.
  const result = await arrive(await fakeServer(t, listener), 1, 20, 25);
  const slow = decodeFromCompressedBase64(result.histogram).toJSON();
  assert.ok(result.latency.p50 > 100, JSON.stringify(slow));
  assert.equal(failedOf(result.failures), 0);
});

test("one failure of a hundred is seen, and named", async (t) => {
  const fails = numbered((number, _request, response) => {
    if (number === 50) {
      response.statusCode = 502;
    }
    response.end(goodBody);
  });
  const result = await arrive(await fakeServer(t, fails), 20, 100, 5);
  assert.equal(failedOf(result.failures), 1);
  assert.deepEqual(result.errors, ["status 502 instead of 200"]);
});

test("wrong bytes, a wrong encoding and a cut connection are failures", async (t) => {
  const listener = numbered((number, request, response) => {
    if (number === 1) {
      response.end("something else");
    } else if (number === 2) {
      response.setHeader("Content-Encoding", "gzip").end(goodBody);
    } else {
      request.socket.destroy();
    }
  });
  const result = await arrive(await fakeServer(t, listener), 3, 300, 1);
  assert.deepEqual(result.failures, { connections: 1, timeouts: 0, statuses: 0, limited: 0, bodies: 2 });
  assert.equal(result.errors.length, 3, result.errors.join("\n"));
});

test("429 is told apart from other failures", async (t) => {
  const limits = numbered((_number, _request, response) => response.writeHead(429).end());
  const { failures } = await arrive(await fakeServer(t, limits), 2, 100, 1);
  assert.deepEqual(failures, { connections: 0, timeouts: 0, statuses: 0, limited: 2, bodies: 0 });
});
