import type { EventEmitter } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import autocannon from "autocannon";
import { isExpectedBody, timeoutMs } from "../target.ts";
import type { Load, LoadResult } from "./engine.ts";

const { target, connections, seconds }: Load = workerData;

let wrongBodies = 0;
let cut = 0;

/**
 * Sees what autocannon itself does not: each body as bytes (it breaks characters that lie in two packets), and
 * connections that the server cuts (it opens another one and asks again).
 */
function watch(client: autocannon.Client): void {
  // Its own type names only some of the events.
  const events: EventEmitter = client;
  let chunks: Buffer[] = [];
  let waits = false;
  let saidClose = false;

  events.on("request", () => {
    if (waits) {
      if (!saidClose) cut++;
      saidClose = false;
    }
    waits = true;
  });
  events.on("headers", (head: { shouldKeepAlive?: boolean }) => {
    chunks = [];
    saidClose = head.shouldKeepAlive === false;
  });
  events.on("body", (chunk: Buffer) => chunks.push(chunk));
  events.on("response", (status: number) => {
    waits = false;
    if (status >= 200 && status < 300 && !isExpectedBody(Buffer.concat(chunks), target.expected.body)) wrongBodies++;
  });
  // autocannon counts these two itself; a time-out comes after it has asked again.
  events.on("connError", () => {
    waits = false;
  });
  events.on("timeout", () => {
    cut--;
  });
}

const result = await autocannon({
  url: target.url,
  headers: { ...target.headers },
  connections,
  duration: seconds,
  timeout: timeoutMs / 1000,
  setupClient: watch,
});

const summary: LoadResult = {
  answers: result["2xx"] + result.non2xx,
  seconds: result.duration,
  failures: {
    // autocannon counts a time-out as an error too.
    connections: result.errors - result.timeouts + cut,
    timeouts: result.timeouts,
    statuses: result.non2xx,
    bodies: wrongBodies,
  },
};
parentPort?.postMessage(summary);
