import { parentPort, workerData } from "node:worker_threads";
import { type Pace, pace } from "./pace.ts";

const plan: Pace = workerData;
parentPort?.postMessage(await pace(plan));
