import type { Middleware } from "../context.ts";
import type { Drain } from "../drain.ts";

/**
 * While the replica drains, every response asks its client to open the next connection elsewhere. Looked at when the
 * response is ready: the replica may have been told to stop while the request was under way.
 */
export function draining(drain: Drain): Middleware {
  return async (ctx, next) => {
    await next();
    if (drain.draining) ctx.res.setHeader("Connection", "close");
  };
}
