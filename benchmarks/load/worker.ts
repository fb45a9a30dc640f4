import { parentPort, workerData } from "node:worker_threads";
import { runLoad } from "./load.ts";
import type { Part, PartResult, PartSecond } from "./plan.ts";

/** Messages to a thread: `go` when all threads are ready. */
export type ToThread = "go" | "stop";

/** Messages from a thread. */
export type FromThread = { ready: true } | { second: PartSecond } | { result: PartResult };

const part: Part = workerData;
const stopping = new AbortController();
const parent = parentPort;
function send(message: FromThread) {
  return parent?.postMessage(message);
}

parent?.on("message", async (message: ToThread) => {
  if (message === "stop") {
    return stopping.abort();
  }
  send({ result: await runLoad(part, (second) => send({ second }), stopping.signal) });
});
send({ ready: true });
