import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { interruption } from "../../lib/interruption.ts";
import { oneSecond, split, together } from "./parts.ts";
import type { PartResult, PartSecond, Plan, PlanResult, Second } from "./plan.ts";
import type { FromThread, ToThread } from "./worker.ts";

/** Half of the processors are the servers', and more threads than four bring no more from one machine. */
const usualThreads = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/**
 * Runs a plan in threads of its own, so that what this thread does meanwhile delays no measurement. When the user asks
 * to stop, it ends at once and gives what it has seen.
 *
 * @param tick hears of each second as it ends
 * @throws Error where a thread fails
 */
export async function runPlan(
  plan: Plan,
  tick: (second: Second) => void = () => {},
  threads: number = usualThreads,
): Promise<PlanResult> {
  const parts = split(plan, threads);
  const workers = parts.map((part) => new Worker(new URL("worker.ts", import.meta.url), { workerData: part }));
  const tellAll = (message: ToThread) => {
    for (const worker of workers) worker.postMessage(message);
  };
  const stop = () => tellAll("stop");
  if (interruption.aborted) stop();
  interruption.addEventListener("abort", stop, { once: true });
  const hear = inStep(workers.length, tick);
  let ready = 0;
  const results = workers.map(
    (worker, index) =>
      new Promise<PartResult>((resolve, reject) => {
        worker.on("message", (message: FromThread) => {
          if ("second" in message) hear(index, message.second);
          else if ("result" in message) resolve(message.result);
          else if (++ready === workers.length) tellAll("go");
        });
        worker.on("error", reject);
        worker.on("exit", (code) => reject(new Error(`the load ended with ${code} before it had a result`)));
      }),
  );
  try {
    return together(plan, await Promise.all(results));
  } finally {
    interruption.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Hears of each thread's seconds, and tells of one when all threads have ended it. */
function inStep(threads: number, tick: (second: Second) => void): (thread: number, second: PartSecond) => void {
  const waiting = Array.from({ length: threads }, (): PartSecond[] => []);
  return (thread, second) => {
    waiting[thread]?.push(second);
    if (waiting.every(({ length }) => length > 0)) tick(oneSecond(waiting.flatMap((seconds) => seconds.splice(0, 1))));
  };
}
