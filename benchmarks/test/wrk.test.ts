import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../toolchain/lib/user-error.ts";
import { failed, throughput } from "../engines/engine.ts";
import { parseWrk } from "../engines/wrk.ts";

const head = `Running 5s test @ http://127.0.0.1:8080/
  1 threads and 200 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.50ms    1.10ms  31.02ms   80.12%
    Req/Sec    45.20k     1.53k   48.01k    72.00%
`;

test("a clean run", () => {
  const result = parseWrk(`${head}  225000 requests in 5.00s, 2.60GB read
Requests/sec:  45000.00
Transfer/sec:    532.48MB
`);
  assert.deepEqual(result, {
    answers: 225_000,
    seconds: 5,
    failures: { connections: 0, timeouts: 0, statuses: 0, bodies: 0 },
  });
  assert.equal(throughput(result), 45_000);
  assert.equal(failed(result.failures), 0);
});

test("socket errors and bad statuses count as failures, and bad statuses not as throughput", () => {
  const result = parseWrk(`${head}  1000 requests in 500.00ms, 1.00MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 100
Requests/sec:   2000.00
Transfer/sec:      2.00MB
`);
  assert.deepEqual(result.failures, { connections: 6, timeouts: 4, statuses: 100, bodies: 0 });
  assert.equal(failed(result.failures), 110);
  assert.equal(throughput(result), 1800);
});

test("a run of minutes", () => {
  assert.equal(parseWrk("  10 requests in 1.50m, 1.00KB read").seconds, 90);
});

test("what is not wrk's output is an error, and not a result of zero", () => {
  for (const output of [
    "",
    "unable to connect to 127.0.0.1:1 Connection refused",
    "  0 requests in 0.00us, 0.00B read",
  ])
    assert.throws(() => parseWrk(output), UserError);
});
