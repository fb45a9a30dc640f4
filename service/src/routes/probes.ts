import type { Drain } from "../drain.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Route } from "../router.ts";
import type { ServiceStore } from "../store/store.ts";

/** Liveness: 200 as long as the process serves, also while it drains or Redis is down. */
export function healthRoute(replica: string, version: string): Route {
  // A string: Node writes it in one packet with the headers; a buffer would be a second write.
  const body = JSON.stringify({ status: "ok", replica, version });
  return {
    path: "/health",
    get: (ctx) => {
      ctx.res.setHeader("Content-Type", "application/json; charset=utf-8");
      ctx.res.setHeader("Cache-Control", "no-store");
      ctx.body = body;
    },
  };
}

/** Readiness: 200 when Redis is reachable and the replica isn't draining; 503 with the reasons otherwise. */
export function readyRoute(store: Pick<ServiceStore, "state"> | undefined, drain: Drain): Route {
  return {
    path: "/ready",
    get: (ctx) => {
      const redisState = store?.state() ?? "off";
      const reasons: string[] = [];
      if (drain.draining) {
        reasons.push("the replica is draining");
      }
      if (redisState === "connecting" || redisState === "away") {
        reasons.push(`redis is ${redisState}`);
      }
      ctx.status = reasons.length === 0 ? 200 : 503;
      ctx.set("Cache-Control", "no-store");
      ctx.body = { status: reasons.length === 0 ? "ready" : "unavailable", redis: redisState, reasons };
    },
  };
}

/** Metrics for Prometheus. nginx does not expose them. */
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
