import type { Context } from "../context.ts";
import { SESSION_COOKIE } from "../store/sessions.ts";

/** Gives the visitor's browser the session's cookie: not for scripts, not for other sites' forms, with TLS for TLS only. */
export function setSessionCookie(ctx: Context, value: string, ttlSeconds: number): void {
  ctx.cookies.set(SESSION_COOKIE, value, { ...ATTRIBUTES, secure: ctx.secure, maxAge: ttlSeconds * 1000 });
}

/** Takes the cookie of a session that ended away. */
export function clearSessionCookie(ctx: Context): void {
  ctx.cookies.set(SESSION_COOKIE, "", { ...ATTRIBUTES, secure: ctx.secure, expires: new Date(0) });
}

const ATTRIBUTES = { httpOnly: true, sameSite: "lax", signed: false, overwrite: true } as const;
