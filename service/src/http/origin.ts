import type { Context } from "../context.ts";

/**
 * Whose page a form was sent from. "own": the browser vouches that it was this site's (Sec-Fetch-Site, which no page can
 * forge; browsers send it over TLS and to localhost). "foreign": another site's. "unknown": it does not say; an Origin
 * of this host then proves nothing more than that the client is none of another site's pages.
 */
export function formOrigin(ctx: Context): "own" | "foreign" | "unknown" {
  const site = ctx.get("Sec-Fetch-Site");
  if (site === "same-origin") return "own";
  if (site === "cross-site" || site === "same-site") return "foreign";
  const origin = ctx.get("Origin");
  return origin === "" || hostOf(origin) === ctx.get("Host").toLowerCase() ? "unknown" : "foreign";
}

/** The host and port of an origin; undefined for "null" and what else is none. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
