import { Worker } from "node:worker_threads";
import { interruption } from "../../toolchain/lib/interruption.ts";
import type { Plan, PlanResult, Second } from "./plan.ts";

/**
 * Runs a plan in a thread of its own, so that what this thread does meanwhile delays no measurement. When the user asks
 * to stop, it ends early and gives what it has seen.
 *
 * @param tick hears of each second as it ends
 * @throws Error where the thread fails
 */
export const runPlan = (plan: Plan, tick: (second: Second) => void = () => {}): Promise<PlanResult> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("worker.ts", import.meta.url), { workerData: plan });
    const stop = () => worker.postMessage("stop");
    if (interruption.aborted) stop();
    interruption.addEventListener("abort", stop, { once: true });
    worker.on("message", ({ second, result }: { second?: Second; result?: PlanResult }) => {
      if (second !== undefined) tick(second);
      if (result !== undefined) resolve(result);
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      interruption.removeEventListener("abort", stop);
      reject(new Error(`the load ended with ${code} before it had a result`));
    });
  });
