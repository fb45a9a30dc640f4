import type { Log } from "../log.ts";
import { probeRoutes } from "../metrics/catalogue.ts";
import type { Observer } from "./observe.ts";

/** Probes are logged only when they fail, or at level debug. */
const probes: ReadonlySet<string> = new Set(probeRoutes);

/**
 * Logs one line per request after its response is written: without the query string, which may contain private data, and
 * without the client's address, which is in nginx' line with the same id.
 */
export function accessLog(log: Log): Observer {
  return {
    onFinish: (ctx, { seconds, aborted }) => {
      const { statusCode } = ctx.res;
      const quiet = probes.has(ctx.state.route) && statusCode < 400;
      const level = quiet ? "debug" : "info";
      if (!log.enabled(level)) {
        return;
      }
      log[level]("request", {
        requestId: ctx.state.requestId,
        method: ctx.method,
        path: ctx.path,
        route: ctx.state.route,
        status: statusCode,
        bytes: ctx.response.length,
        ms: Math.round(seconds * 1e6) / 1000,
        ...(aborted ? { aborted } : {}),
      });
    },
  };
}
