import autocannon from "autocannon";

/** What a load saw from its start to its end. */
export interface LoadResult {
  sent: number;
  /** Answers that were not 2xx, connection errors and time-outs. */
  failed: number;
}

/** Keep-alive connections that ask for these paths in turn, as fast as they are answered, until stopped: three minutes at most. */
export function startLoad(url: string, paths: readonly string[], connections = 32) {
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const requests = paths.map((path) => ({ method: "GET" as const, path }));
  const instance = autocannon({ url, connections, duration: 180, timeout: 10, requests }, (error, result) => {
    if (error) reject(error);
    else resolve({ sent: result.requests.sent, failed: result.non2xx + result.errors + result.timeouts });
  });
  return {
    stop(): Promise<LoadResult> {
      instance.stop();
      return promise;
    },
  };
}
