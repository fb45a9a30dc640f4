import type { Middleware } from "../context.ts";
import { METHOD_LABELS, STATUS_CLASSES } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";

const METHODS: ReadonlySet<string> = new Set(METHOD_LABELS);

/** Rate, errors and duration of every request, by route, method and class of status. */
export function measure(metrics: Metrics): Middleware {
  return (ctx, next) => {
    const start = performance.now();
    metrics.httpInFlight.inc();
    ctx.res.once("close", () => {
      metrics.httpInFlight.dec();
      const { route } = ctx.state;
      if (!ctx.res.writableFinished) {
        metrics.httpAborted.inc({ route });
        return;
      }
      const method = METHODS.has(ctx.method) ? ctx.method : "other";
      const status_class = STATUS_CLASSES[Math.floor(ctx.res.statusCode / 100) - 1] ?? "5xx";
      metrics.httpDuration.observe({ route, method, status_class }, (performance.now() - start) / 1000);
    });
    return next();
  };
}
