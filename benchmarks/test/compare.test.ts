import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { compare, exitCode, pairMet } from "../compare.ts";
import type { LoadEngine } from "../load/engine.ts";
import { fakeServer, good, side } from "./fake-server.ts";
import { figures, short } from "./given-load.ts";

describe("with a load of given figures", () => {
  const run = async (t: TestContext, engine: LoadEngine, stack: RequestListener) => {
    const pair = {
      name: "pair",
      stack: side(await fakeServer(t, stack)),
      reference: side(await fakeServer(t, good)),
      least: 0.9,
    };
    const result = await compare(engine, { ...short, rounds: 4 }, [pair], [], () => {});
    const [only] = result.pairs;
    assert.ok(only !== undefined);
    return { only, code: exitCode(result) };
  };

  test("the interquartile mean of the pairs' ratios counts", async (t) => {
    // The reference comes first in every second round.
    const { only, code } = await run(t, figures(99, 100, 100, 50, 46, 50, 50, 46), good);
    assert.deepEqual(only.ratios, [0.99, 0.5, 0.92, 0.92]);
    assert.equal(only.ratio, 0.92);
    assert.ok(pairMet(only));
    assert.equal(code, 0);
  });

  test("a ratio below its threshold is not met", async (t) => {
    const { code } = await run(t, figures(89, 100, 100, 89, 99, 100, 100, 89), good);
    assert.equal(code, 1);
  });

  test("wrong bytes are seen by the probes where the engine looks at none", async (t) => {
    const { only, code } = await run(t, figures(99, 100, 100, 99, 99, 100, 100, 99), (_, response) =>
      response.end("?"),
    );
    assert.match(only.stack.errors[0] ?? "", /a body of 1 bytes/);
    assert.equal(code, 1);
  });

  test("a failure in the warm-up is a failure", async (t) => {
    const url = await fakeServer(t, good);
    const engine: LoadEngine = {
      name: "cold",
      run: async (load) => {
        const result = await figures().run(load);
        const cold = load.address.url === url && load.seconds === 7;
        return cold
          ? { ...result, failures: { ...result.failures, statuses: 1 }, errors: ["status 502 instead of 200"] }
          : result;
      },
    };
    const pair = { name: "pair", stack: side(url), reference: side(await fakeServer(t, good)), least: 0.5 };
    const result = await compare(engine, { ...short, warmUpSeconds: 7 }, [pair], [], () => {});
    assert.equal(result.pairs[0]?.stack.failed, 1);
    assert.deepEqual(result.pairs[0]?.stack.errors, ["status 502 instead of 200"]);
    assert.equal(result.pairs[0]?.reference.failed, 0);
    assert.equal(exitCode(result), 1);
  });
});
