import { randomUUID } from "node:crypto";
import { type Middleware, UNMATCHED } from "../context.ts";

const ACCEPTED = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives every request an id: nginx's, if it sent a sound one, or a new one. It is in the response, the log and errors. */
export function requestId(): Middleware {
  return (ctx, next) => {
    const given = ctx.req.headers["x-request-id"];
    const id = typeof given === "string" && ACCEPTED.test(given) ? given : randomUUID();
    ctx.state.requestId = id;
    ctx.state.route = UNMATCHED;
    ctx.res.setHeader("X-Request-Id", id);
    return next();
  };
}
