import type { Middleware } from "../context.ts";

/** Headers of every response: which replica answered, and that its type is what it says. */
export function replica(name: string): Middleware {
  return (ctx, next) => {
    ctx.res.setHeader("X-Replica", name);
    ctx.res.setHeader("X-Content-Type-Options", "nosniff");
    return next();
  };
}
