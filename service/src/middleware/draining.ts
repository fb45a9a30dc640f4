import type { Middleware } from "../context.ts";
import type { Drain } from "../drain.ts";

/** While the replica drains, every response asks its client to open the next connection elsewhere. */
export function draining(drain: Drain): Middleware {
  return (ctx, next) => {
    if (drain.draining) ctx.res.setHeader("Connection", "close");
    return next();
  };
}
