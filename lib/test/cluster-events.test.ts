import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { warningEvents } from "../cluster/events.ts";

const [earlier, start, later, latest] = [0, 1, 2, 3].map((hour) => `2026-01-01T0${hour}:00:00.000000Z`);

function event(name: string, message: string, times: object) {
  return {
    metadata: { name, creationTimestamp: earlier },
    involvedObject: { kind: "Pod", name },
    reason: "Failed",
    message,
    ...times,
  };
}

const asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url ?? "");
  response.writeHead(200, { "content-type": "application/json" });
  const items = [
    event("a", "of an update before", { lastTimestamp: earlier }),
    event("b", "exceeded quota: few", { lastTimestamp: later }),
    event("c", "exceeded quota: few", { lastTimestamp: later }),
    // As the scheduler writes them: the time of the first one, and of the last one in the series.
    event("d", "0/1 nodes are available", { eventTime: earlier, series: { count: 2, lastObservedTime: latest } }),
    event("e", "of before, once", { eventTime: earlier }),
  ];
  response.end(JSON.stringify({ items }));
});
const access = new KubeConfig();
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : "";
  access.loadFromClusterAndUser({ name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: "u" });
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test("warning events are listed once each, the latest first, repeated ones included", async () => {
  assert.deepEqual(await warningEvents(access, "shop", new Date(String(start))), [
    "Pod d: Failed: 0/1 nodes are available",
    "Pod c: Failed: exceeded quota: few",
  ]);
  assert.match(String(asked), /\/namespaces\/shop\/events\?fieldSelector=type%3DWarning/);
});
