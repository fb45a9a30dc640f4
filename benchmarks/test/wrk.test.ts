import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { UserError } from "../../lib/user-error.ts";
import { failed, throughput } from "../load/engine.ts";
import { parseWrk, withWitness, wrk } from "../load/wrk.ts";
import { address, fakeServer } from "./fake-server.ts";

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
    bytesAtMost: 2.605 * 2 ** 30,
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
  ]) {
    assert.throws(() => parseWrk(output), UserError);
  }
});

describe("beside wrk's own figures", () => {
  const clean = parseWrk("  1000 requests in 1.00s, 1.00MB read");
  const seen = {
    failures: { connections: 0, timeouts: 0, statuses: 0, limited: 0, bodies: 0 },
    errors: [],
    histogram: "",
  };
  const body = (length: number) => ({ kind: "bytes", bytes: Buffer.alloc(length) }) as const;

  test("what failed for the witness counts", () => {
    const failures = { connections: 1, timeouts: 2, statuses: 3, limited: 4, bodies: 5 };
    const result = withWitness(clean, { ...seen, failures, errors: ["status 302 instead of 200"] }, body(1000));
    assert.deepEqual(result.failures, { connections: 1, timeouts: 2, statuses: 7, bodies: 5 });
    assert.deepEqual(result.errors, ["status 302 instead of 200"]);
  });

  test("fewer bytes than the bodies must have are an error", () => {
    assert.deepEqual(withWitness(clean, seen, body(1000)).errors, []);
    assert.deepEqual(withWitness(clean, seen, { kind: "json", texts: {} }).errors, []);
    const [error] = withWitness(clean, seen, body(2000)).errors;
    assert.equal(error, "1000 answers were less than the 2000000 bytes that their bodies must have");
  });
});

test("a redirect, which wrk takes for a success, is seen by the witness", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "resume-wrk-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  // It says what wrk says to a server that redirects.
  const program = join(folder, "wrk");
  writeFileSync(
    program,
    '#!/bin/sh\n[ "$1" = -v ] && echo "wrk 4.2.0" && exit 1\necho "  10 requests in 1.00s, 1.00MB read"\n',
  );
  chmodSync(program, 0o755);
  const url = await fakeServer(t, (_request, response) => response.writeHead(302, { Location: "/" }).end());
  const engine = await wrk(program);
  assert.equal(engine.name, "wrk 4.2.0");
  const { failures, errors } = await engine.run({ address: address(url), connections: 1, seconds: 1 });
  assert.equal(failures.statuses, 10);
  assert.deepEqual(errors, ["status 302 instead of 200"]);
});
