import { createRequire } from "node:module";
import { inWorker } from "../in-worker.ts";
import type { LoadEngine, LoadResult } from "./engine.ts";

const { version }: { version: string } = createRequire(import.meta.url)("autocannon/package.json");

/** autocannon, in a worker thread. It compares every body, and takes several times the CPU time that wrk does. */
export const autocannonEngine: LoadEngine = {
  name: `autocannon ${version}`,
  run: (load) => inWorker(new URL("autocannon-worker.ts", import.meta.url), load, isLoadResult),
};

const isLoadResult = (message: unknown): message is LoadResult =>
  typeof message === "object" &&
  message !== null &&
  "answers" in message &&
  "seconds" in message &&
  "failures" in message;
