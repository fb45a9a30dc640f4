import { randomUUID } from "node:crypto";
import { type Middleware, unmatched } from "../context.ts";
import type { Drain } from "../drain.ts";

const headerName = "x-request-id";
const acceptedId = /^[A-Za-z0-9._-]{8,64}$/;

/** Sets the request's id: a valid one from nginx, or a new one. Response, log and error pages contain it. */
export function requestId(): Middleware {
  return (ctx, next) => {
    const given = headerOf(ctx.req.rawHeaders);
    const id = given !== undefined && acceptedId.test(given) ? given : randomUUID();
    ctx.state.requestId = id;
    ctx.state.route = unmatched;
    ctx.res.setHeader("X-Request-Id", id);
    return next();
  };
}

/**
 * Reads the header from the raw list. Node creates its object of all headers on first access, which costs more than the
 * rest of a probe.
 */
function headerOf(rawHeaders: readonly string[]): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === headerName) {
      return rawHeaders[index + 1];
    }
  }
  return undefined;
}

/** Sets the headers of every response: the replica's name, nosniff, and noindex where search engines are kept out. */
export function replica(name: string, index: boolean): Middleware {
  return (ctx, next) => {
    if (!index) {
      ctx.res.setHeader("X-Robots-Tag", "noindex");
    }
    ctx.res.setHeader("X-Replica", name);
    ctx.res.setHeader("X-Content-Type-Options", "nosniff");
    return next();
  };
}

/**
 * Closes the connection after each response while the replica drains. The check comes after the handlers: SIGTERM may
 * arrive while the request is in flight.
 */
export function draining(drain: Drain): Middleware {
  return async (ctx, next) => {
    await next();
    if (drain.draining) {
      ctx.res.setHeader("Connection", "close");
    }
  };
}
