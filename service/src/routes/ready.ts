import type { Drain } from "../drain.ts";
import type { Route } from "../router.ts";
import type { ServiceStore } from "../store/store.ts";

/** Ready: 200 when Redis answers and the replica isn't draining; 503 with the reasons otherwise. */
export function readyRoute(store: Pick<ServiceStore, "state"> | undefined, drain: Drain): Route {
  return {
    path: "/ready",
    get: (ctx) => {
      const redisState = store?.state() ?? "off";
      const reasons: string[] = [];
      if (drain.draining) reasons.push("the replica is draining");
      if (redisState === "connecting" || redisState === "away") reasons.push(`redis is ${redisState}`);
      ctx.status = reasons.length === 0 ? 200 : 503;
      ctx.set("Cache-Control", "no-store");
      ctx.body = { status: reasons.length === 0 ? "ready" : "unavailable", redis: redisState, reasons };
    },
  };
}
