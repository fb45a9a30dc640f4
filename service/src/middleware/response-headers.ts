import { randomUUID } from "node:crypto";
import { type Middleware, UNMATCHED } from "../context.ts";
import type { Drain } from "../drain.ts";

const NAME = "x-request-id";
const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives every request an id: nginx's, if it sent a sound one, or a new one. It is in the response, the log and errors. */
export function requestId(): Middleware {
  return (ctx, next) => {
    const given = headerOf(ctx.req.rawHeaders);
    const id = given !== undefined && ACCEPTED.test(given) ? given : randomUUID();
    ctx.state.requestId = id;
    ctx.state.route = UNMATCHED;
    ctx.res.setHeader("X-Request-Id", id);
    return next();
  };
}

/**
 * The header's value as it came. Node makes its object of all headers at the first look at it, which costs more than all
 * else that a probe needs: those who need no other header don't ask for it.
 */
function headerOf(rawHeaders: readonly string[]): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === NAME) {
      return rawHeaders[index + 1];
    }
  }
  return undefined;
}

/** Headers of every response: which replica answered, and that its type is what it says. */
export function replica(name: string): Middleware {
  return (ctx, next) => {
    ctx.res.setHeader("X-Replica", name);
    ctx.res.setHeader("X-Content-Type-Options", "nosniff");
    return next();
  };
}

/**
 * While the replica drains, every response asks its client to open the next connection elsewhere. Looked at when the
 * response is ready: the replica may have been told to stop while the request was under way.
 */
export function draining(drain: Drain): Middleware {
  return async (ctx, next) => {
    await next();
    if (drain.draining) {
      ctx.res.setHeader("Connection", "close");
    }
  };
}
