import assert from "node:assert/strict";
import { test } from "node:test";
import { METRICS } from "../../service/src/metrics/catalogue.ts";
import { Server } from "../metrics/cost.ts";

test("one side measures its requests, and the other is the same service without it", async (t) => {
  for (const metrics of ["on", "off"] as const) {
    const server = await Server.start(metrics);
    t.after(() => server.stop());
    const { url } = server.side.target;
    const health = await fetch(url);
    assert.equal(health.status, 200);
    const text = await (await fetch(new URL("/metrics", url))).text();
    assert.equal(text.includes(`${METRICS.httpRequests.name}{route="/health",`), metrics === "on");
    assert.equal(text === "", metrics === "off");
    assert.ok((await server.side.cpu()).replicas > 0);
  }
});
