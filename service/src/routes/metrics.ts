import type { Metrics } from "../metrics/metrics.ts";
import type { Route } from "../router.ts";

/** What Prometheus reads. nginx doesn't pass it on to the outside. */
export function metricsRoute(metrics: Metrics): Route {
  return {
    path: "/metrics",
    get: async (ctx) => {
      ctx.set("Content-Type", metrics.registry.contentType);
      ctx.set("Cache-Control", "no-store");
      ctx.body = await metrics.registry.metrics();
    },
  };
}
