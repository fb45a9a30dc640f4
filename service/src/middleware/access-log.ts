import type { Log } from "../log.ts";
import { PROBE_ROUTES } from "../metrics/catalogue.ts";
import type { Observer } from "./observe.ts";

/** Routes that machines ask every few seconds: logged only when they fail, or at level debug. */
const PROBES: ReadonlySet<string> = new Set(PROBE_ROUTES);

/**
 * One JSON line a request, once its response is written. Without the query string, which may hold what is
 * private, and without the client, whom nginx' line of the same id names.
 */
export function accessLog(log: Log): Observer {
  return {
    onFinish: (ctx, { seconds, aborted }) => {
      const { statusCode } = ctx.res;
      const quiet = PROBES.has(ctx.state.route) && statusCode < 400;
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
