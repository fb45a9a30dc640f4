import assert from "node:assert/strict";
import { test } from "node:test";
import { dueTimes, pace } from "../pace.ts";
import { percentile } from "../statistics.ts";
import { fakeServer, good, goodBody, numbered, target } from "./fake-server.ts";

test("the users are spread over the interval, and each asks once in it", () => {
  assert.deepEqual(dueTimes({ users: 2, everyMs: 1000, rounds: 2 }), [
    { user: 0, atMs: 0 },
    { user: 1, atMs: 500 },
    { user: 0, atMs: 1000 },
    { user: 1, atMs: 1500 },
  ]);
});

test("a quick server is answered for as quick", async (t) => {
  const url = await fakeServer(t, good);
  const result = await pace({ target: target(url), users: 10, everyMs: 200, rounds: 3 });
  assert.equal(result.latencies.length, 30);
  assert.equal(result.failed, 0);
  assert.ok(percentile(result.latencies, 50) < 50, `median ${percentile(result.latencies, 50)} ms`);
});

test("requests that fall due while the server stalls count from when they were due", async (t) => {
  let stalledUntil = 0;
  const listener = numbered((number, _request, response) => {
    if (number === 1) stalledUntil = performance.now() + 400;
    setTimeout(() => response.end(goodBody), Math.max(0, stalledUntil - performance.now()));
  });
  const url = await fakeServer(t, listener);
  // A closed loop would see one slow request. Here 20 of 25 fall due within the stall, and wait 200 ms on average.
  const result = await pace({ target: target(url), users: 1, everyMs: 20, rounds: 25 });
  assert.ok(result.latencies.filter((ms) => ms > 50).length >= 15, result.latencies.map(Math.round).join(" "));
  assert.ok(percentile(result.latencies, 50) > 100, `median ${percentile(result.latencies, 50)} ms`);
  assert.equal(result.failed, 0);
});

test("one failure of a hundred is seen, and named", async (t) => {
  const url = await fakeServer(
    t,
    numbered((number, _request, response) => {
      if (number === 50) response.statusCode = 502;
      response.end(goodBody);
    }),
  );
  const result = await pace({ target: target(url), users: 20, everyMs: 100, rounds: 5 });
  assert.equal(result.failed, 1);
  assert.deepEqual(result.troubles, ["status 502 instead of 200"]);
});

test("wrong bytes, a wrong encoding and a cut connection are failures", async (t) => {
  const url = await fakeServer(
    t,
    numbered((number, request, response) => {
      if (number === 1) response.end("something else");
      else if (number === 2) response.setHeader("Content-Encoding", "gzip").end(goodBody);
      else request.socket.destroy();
    }),
  );
  const result = await pace({ target: target(url), users: 3, everyMs: 300, rounds: 1 });
  assert.equal(result.failed, 3);
  assert.equal(result.troubles.length, 3, result.troubles.join("\n"));
});
