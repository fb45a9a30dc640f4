import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { interruption } from "../../lib/interruption.ts";
import { assertAllSent } from "../machine.ts";
import { mergeParts, mergeSecond, split } from "./parts.ts";
import type { PartResult, PartSecond, Plan, PlanResult, Second, Share, ShareResult } from "./plan.ts";
import type { FromThread, ToThread } from "./worker.ts";

/** Half of the processors are left to the servers. More than four threads send no more from one machine. */
const defaultThreads = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/**
 * Runs a plan in threads of its own, so that what this thread does meanwhile delays no measurement. When the user asks
 * to stop, it ends at once, with the result until then.
 *
 * @param tick is called with each second as it ends
 * @throws {Error} when a thread fails
 */
export async function runPlan(
  plan: Plan,
  tick: (second: Second) => void = () => {},
  threads: number = defaultThreads,
): Promise<PlanResult> {
  const parts = split(plan, threads);
  const workers = parts.map((part) => new Worker(new URL("worker.ts", import.meta.url), { workerData: part }));
  const sendAll = (message: ToThread) => {
    for (const worker of workers) {
      worker.postMessage(message);
    }
  };
  const stop = () => sendAll("stop");
  if (interruption.aborted) {
    stop();
  }
  interruption.addEventListener("abort", stop, { once: true });
  const report = inStep(workers.length, tick);
  let ready = 0;
  const results = workers.map(
    (worker, index) =>
      new Promise<PartResult>((resolve, reject) => {
        worker.on("message", (message: FromThread) => {
          if ("second" in message) {
            report(index, message.second);
          } else if ("result" in message) {
            resolve(message.result);
          } else if (++ready === workers.length) {
            sendAll("go");
          }
        });
        worker.on("error", reject);
        worker.on("exit", (code) => reject(new Error(`the load ended with ${code} before it had a result`)));
      }),
  );
  try {
    return mergeParts(plan, await Promise.all(results));
  } finally {
    interruption.removeEventListener("abort", stop);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Collects each thread's seconds, and reports one when all threads have ended it. */
function inStep(threads: number, tick: (second: Second) => void): (thread: number, second: PartSecond) => void {
  const waiting = Array.from({ length: threads }, (): PartSecond[] => []);
  return (thread, second) => {
    waiting[thread]?.push(second);
    if (waiting.every(({ length }) => length > 0)) {
      tick(mergeSecond(waiting.flatMap((seconds) => seconds.splice(0, 1))));
    }
  };
}

/**
 * Runs a plan of one share.
 * @throws {AbortError} when the user asks to stop
 * @throws {UserError} when this machine could not send what it should
 */
export async function runAlone(
  share: Share,
  plan: Omit<Plan, "shares">,
): Promise<{ share: ShareResult; result: PlanResult }> {
  const result = await runPlan({ ...plan, shares: [share] });
  interruption.throwIfAborted();
  assertAllSent(result.load);
  const [only] = result.shares;
  if (only === undefined) {
    throw new Error("the load has no result");
  }
  return { share: only, result };
}
