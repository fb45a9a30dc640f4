import type { Route } from "../router.ts";

/** Live: 200 as long as the process serves, also while it drains or Redis is away. */
export function healthRoute(replica: string, version: string): Route {
  // A string: Node writes it together with the head, a buffer on its own.
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
