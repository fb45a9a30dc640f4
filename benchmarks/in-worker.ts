import { Worker } from "node:worker_threads";
import { interruption } from "../toolchain/lib/interruption.ts";

/**
 * Runs a module in a thread of its own, so that what this thread does meanwhile delays no measurement, and gives the
 * first message that it posts.
 *
 * @param job the worker's `workerData`
 * @throws AbortError when the user asks to stop; Error where the worker fails or posts something else
 */
export const inWorker = <T>(file: URL, job: unknown, isResult: (message: unknown) => message is T): Promise<T> =>
  new Promise((resolve, reject) => {
    interruption.throwIfAborted();
    const worker = new Worker(file, { workerData: job });
    const onAbort = () => {
      reject(interruption.reason);
      void worker.terminate();
    };
    interruption.addEventListener("abort", onAbort, { once: true });
    worker.on("message", (message: unknown) => {
      if (isResult(message)) resolve(message);
      else reject(new Error(`${file.pathname} posted what it should not`));
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      interruption.removeEventListener("abort", onAbort);
      reject(new Error(`${file.pathname} ended with ${code} before it had a result`));
    });
  });
