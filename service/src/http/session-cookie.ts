import type { Context } from "../context.ts";
import { sessionCookie } from "../store/sessions.ts";

/** Sets the session's cookie: HttpOnly, SameSite=Lax, and Secure over TLS. */
export function setSessionCookie(ctx: Context, value: string, ttlSeconds: number): void {
  ctx.cookies.set(sessionCookie, value, { ...cookieAttributes, secure: ctx.secure, maxAge: ttlSeconds * 1000 });
}

/** Clears the cookie of an expired session. */
export function clearSessionCookie(ctx: Context): void {
  ctx.cookies.set(sessionCookie, "", { ...cookieAttributes, secure: ctx.secure, expires: new Date(0) });
}

const cookieAttributes = { httpOnly: true, sameSite: "lax", signed: false, overwrite: true } as const;
