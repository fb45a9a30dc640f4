import autocannon from "autocannon";

/** What a load saw from its start to its end. */
export interface LoadResult {
  sent: number;
  failed: number;
  /** What the failed ones were. */
  failures: { answers: number; connections: number; timeouts: number; reasons: string[] };
}

export const loadConnections = 32;

/** What a change takes at most. */
const longestSeconds = 300;

/** Keep-alive connections that ask for these paths in turn, as fast as they are answered, until stopped. A load that ended before has not seen all of the change: `stop` then throws. */
export function startLoad(url: string, paths: readonly string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const requests = paths.map((path) => ({ method: "GET" as const, path }));
  const reasons = new Set<string>();
  let isStopped = false;
  const instance = autocannon(
    { url, connections: loadConnections, duration: longestSeconds, timeout: 10, requests },
    (error, result) => {
      if (error) {
        reject(error);
      } else if (isStopped) {
        resolve(summary(result, reasons));
      } else {
        reject(new Error(`the load ended by itself after ${result.duration} s`));
      }
    },
  );
  instance.on("reqError", (error: unknown) => reasons.add(String(error)));
  // Who awaits `stop` gets the failure; until then it must not end the process.
  promise.catch(() => {});
  return {
    stop(): Promise<LoadResult> {
      isStopped = true;
      instance.stop();
      return promise;
    },
  };
}

/** autocannon counts a time-out as an error too. */
function summary({ requests, non2xx, errors, timeouts }: autocannon.Result, reasons: Iterable<string>): LoadResult {
  const failures = { answers: non2xx, connections: errors - timeouts, timeouts, reasons: [...reasons] };
  return { sent: requests.sent, failed: non2xx + errors, failures };
}
