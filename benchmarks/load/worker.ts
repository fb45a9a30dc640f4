import { parentPort, workerData } from "node:worker_threads";
import { runLoad } from "./load.ts";
import type { Part, PartResult, PartSecond } from "./plan.ts";

/** What a thread is told: `go` when all threads are ready. */
export type ToThread = "go" | "stop";

/** What a thread tells. */
export type FromThread = { ready: true } | { second: PartSecond } | { result: PartResult };

const part: Part = workerData;
const stopping = new AbortController();
const parent = parentPort;
function tell(message: FromThread) {
  return parent?.postMessage(message);
}

parent?.on("message", async (message: ToThread) => {
  if (message === "stop") {
    return stopping.abort();
  }
  tell({ result: await runLoad(part, (second) => tell({ second }), stopping.signal) });
});
tell({ ready: true });
