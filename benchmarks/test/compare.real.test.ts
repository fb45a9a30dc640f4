import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { compare, exitCode } from "../compare.ts";
import { type LoadEngine, undiciEngine } from "../load/engine.ts";
import { machine } from "../machine.ts";
import { report } from "../report/comparison.ts";
import { address, fakeServer, good, goodBody, numbered, side } from "./fake-server.ts";
import { figures, short } from "./given-load.ts";

/** One request of a hundred, and an early one: a busy machine may not come to a hundred. */
const isBad = (number: number): boolean => number % 100 === 10;

/** Far above what a good server takes on a busy machine, and below what the late one takes in any case. */
const targetMs = 1500;

/** Compares a server under real load with given figures of a reference, by a ratio that any server reaches. */
async function against(t: TestContext, listener: RequestListener) {
  const [url, reference] = [await fakeServer(t, listener), await fakeServer(t, good)];
  const engine: LoadEngine = {
    name: undiciEngine.name,
    run: (load) => (load.address.url === url ? undiciEngine : figures()).run(load),
  };
  const pair = { name: "pair", stack: side(url), reference: side(reference), least: 0.001 };
  const goal = { name: "open", address: address(url), p95Ms: targetMs };
  return compare(engine, short, [pair], [goal], () => {});
}

describe("with real load", { concurrency: 1 }, () => {
  test("a good server meets its targets", async (t) => {
    const result = await against(t, good);
    const [pair] = result.pairs;
    assert.ok(pair !== undefined && pair.stack.answers > 20);
    assert.equal(pair.stack.failed, 0);
    assert.equal(result.openModel[0]?.requests, 100);
    const [closed = "", open = ""] = [pair.stack.histograms[0], result.openModel[0]?.histogram];
    assert.equal(decodeFromCompressedBase64(closed).totalCount, pair.stack.answers);
    assert.equal(decodeFromCompressedBase64(open).totalCount, 100);
    assert.equal(exitCode(result), 0, report(result, machine("0", 1)));
    assert.equal(pair.stack.cpuPerThousand.nginx, 1000 / pair.stack.answers);
    assert.equal(pair.stack.cpuPerThousand.replicas, 3000 / pair.stack.answers);
  });

  test("a server that fails 1 % does not", async (t) => {
    const fails = numbered((number, _request, response) => {
      if (isBad(number)) {
        response.statusCode = 500;
      }
      response.end(goodBody);
    });
    const result = await against(t, fails);
    const statuses = result.pairs[0]?.stack.failures.statuses ?? 0;
    assert.ok(statuses > 0);
    assert.equal(exitCode(result), 1);
    assert.match(report(result, machine("0", 1)), /9\d\.\d\d %.*\n[\s\S]*Not all targets are met\.$/);
  });

  test("a server that sends wrong bytes for one page in a hundred does not", async (t) => {
    const lies = numbered((number, _request, response) => response.end(isBad(number) ? "sorry" : goodBody));
    const result = await against(t, lies);
    assert.ok((result.pairs[0]?.stack.failures.bodies ?? 0) > 0);
    assert.equal(exitCode(result), 1);
  });

  test("a server that cuts connections does not", async (t) => {
    const cuts = numbered((number, request, response) => {
      if (isBad(number)) {
        request.socket.destroy();
      } else {
        response.end(goodBody);
      }
    });
    const result = await against(t, cuts);
    assert.ok((result.pairs[0]?.stack.failures.connections ?? 0) > 0, JSON.stringify(result.pairs[0]?.stack));
    assert.equal(exitCode(result), 1);
  });

  test("a server that answers late does not, though it answers everything", async (t) => {
    const late: RequestListener = (_request, response) => void setTimeout(() => response.end(goodBody), targetMs + 100);
    const result = await against(t, late);
    assert.equal(result.pairs[0]?.stack.failed, 0);
    assert.ok((result.openModel[0]?.p95 ?? 0) >= targetMs);
    assert.equal(exitCode(result), 1);
  });
});
