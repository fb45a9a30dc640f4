import type { Context } from "../context.ts";
import { SESSION_COOKIE } from "../store/sessions.ts";

/** Sets the session's cookie: HttpOnly, SameSite=Lax, and Secure over TLS. */
export function setSessionCookie(ctx: Context, value: string, ttlSeconds: number): void {
  ctx.cookies.set(SESSION_COOKIE, value, { ...ATTRIBUTES, secure: ctx.secure, maxAge: ttlSeconds * 1000 });
}

/** Clears the cookie of an expired session. */
export function clearSessionCookie(ctx: Context): void {
  ctx.cookies.set(SESSION_COOKIE, "", { ...ATTRIBUTES, secure: ctx.secure, expires: new Date(0) });
}

const ATTRIBUTES = { httpOnly: true, sameSite: "lax", signed: false, overwrite: true } as const;
