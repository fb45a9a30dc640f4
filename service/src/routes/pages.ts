import type { Context } from "../context.ts";
import { sendDocument } from "../http/document.ts";
import type { Theme } from "../page/theme.ts";
import type { Route } from "../router.ts";
import type { Themed } from "../site.ts";
import { SESSION_COOKIE, type Sessions } from "../store/sessions.ts";
import { StoreUnavailable } from "../store/store.ts";

/** A page made for one visitor: caches in front keep out of it, the browser asks each time. */
const PERSONAL = { "Cache-Control": "private, no-cache" };

/** A page. Without a session cookie everyone gets the same bytes; with one, the page in its theme. */
export function pageRoute(path: string, page: Themed, sessions: Sessions | undefined): Route {
  return {
    path,
    get: (ctx) => {
      const mayHaveSession = ctx.req.headers.cookie?.includes(SESSION_COOKIE) ?? false;
      if (sessions === undefined || !mayHaveSession) return sendDocument(ctx, page.system);
      return sendPersonal(ctx, page, sessions);
    },
  };
}

async function sendPersonal(ctx: Context, page: Themed, sessions: Sessions): Promise<void> {
  const theme = await themeOf(ctx, sessions);
  ctx.vary("Cookie");
  sendDocument(ctx, page[theme], PERSONAL);
}

/** The visitor's theme; the page doesn't wait for a store that is away. */
async function themeOf(ctx: Context, sessions: Sessions): Promise<Theme> {
  try {
    const session = await sessions.load(ctx.cookies.get(SESSION_COOKIE));
    return session?.data.theme ?? "system";
  } catch (error) {
    if (error instanceof StoreUnavailable) return "system";
    throw error;
  }
}
