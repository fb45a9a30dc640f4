import autocannon from "autocannon";

/** What a load saw from its start to its end. */
export interface LoadResult {
  sent: number;
  failed: number;
  /** What the failed ones were. */
  failures: { answers: number; connections: number; timeouts: number };
}

export const loadConnections = 32;

/** Keep-alive connections that ask for these paths in turn, as fast as they are answered, until stopped: three minutes at most. */
export function startLoad(url: string, paths: readonly string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const requests = paths.map((path) => ({ method: "GET" as const, path }));
  const instance = autocannon(
    { url, connections: loadConnections, duration: 180, timeout: 10, requests },
    (error, result) => {
      if (error) reject(error);
      else resolve(summary(result));
    },
  );
  return {
    stop(): Promise<LoadResult> {
      instance.stop();
      return promise;
    },
  };
}

/** autocannon counts a time-out as an error too. */
function summary({ requests, non2xx, errors, timeouts }: autocannon.Result): LoadResult {
  const failures = { answers: non2xx, connections: errors - timeouts, timeouts };
  return { sent: requests.sent, failed: non2xx + errors, failures };
}
