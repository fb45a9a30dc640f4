import type { Context } from "../context.ts";
import { sendDocument } from "../http/document.ts";
import { setSessionCookie } from "../http/session-cookie.ts";
import type { Theme } from "../page/theme.ts";
import type { Route } from "../router.ts";
import type { Themed } from "../site.ts";
import { SESSION_COOKIE, type Sessions } from "../store/sessions.ts";
import { StoreUnavailable } from "../store/store.ts";

/** A page made for one visitor: caches in front keep out of it, the browser asks each time. */
const PERSONAL = { "Cache-Control": "private, no-cache" };

/**
 * A page. Without a session everyone gets the same bytes; with one, the page in its theme. What is no session's cookie,
 * though it may look like one, changes nothing: nobody gets past a cache in front with it.
 */
export function pageRoute(path: string, page: Themed, sessions: Sessions | undefined): Route {
  return {
    path,
    get: (ctx) => {
      const mayHaveSession = ctx.req.headers.cookie?.includes(SESSION_COOKIE) ?? false;
      if (sessions === undefined || !mayHaveSession) {
        return sendDocument(ctx, page.system);
      }
      return sendPersonal(ctx, page, sessions);
    },
  };
}

async function sendPersonal(ctx: Context, page: Themed, sessions: Sessions): Promise<void> {
  const theme = await themeOf(ctx, sessions);
  if (theme === undefined) {
    return sendDocument(ctx, page.system);
  }
  ctx.vary("Cookie");
  sendDocument(ctx, page[theme], PERSONAL);
}

/** The visitor's theme; undefined without a session. The page doesn't wait for a store that is away. */
async function themeOf(ctx: Context, sessions: Sessions): Promise<Theme | undefined> {
  let theme: Theme | undefined = "system";
  try {
    const session = await sessions.load(ctx.cookies.get(SESSION_COOKIE));
    theme = session?.data.theme;
    if (session?.ageing) {
      setSessionCookie(ctx, await sessions.renew(session), sessions.ttlSeconds);
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) {
      throw error;
    }
  }
  return theme;
}
