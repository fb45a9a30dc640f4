import { parentPort, workerData } from "node:worker_threads";
import { runLoad } from "./load.ts";
import type { Plan } from "./plan.ts";

const plan: Plan = workerData;
const stopping = new AbortController();
const parent = parentPort;
parent?.on("message", () => stopping.abort());
const result = await runLoad(plan, (second) => parent?.postMessage({ second }), stopping.signal);
parent?.postMessage({ result });
parent?.close();
