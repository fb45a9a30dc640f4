import type { Context } from "../context.ts";
import { sendDocument } from "../http/document.ts";
import { setSessionCookie } from "../http/session-cookie.ts";
import type { Theme } from "../page/theme.ts";
import type { Route } from "../router.ts";
import type { Themed } from "../site.ts";
import { type Sessions, sessionCookie } from "../store/sessions.ts";
import { StoreUnavailable } from "../store/store.ts";

/** Personal pages: no shared cache keeps them, and browsers revalidate. */
const personalHeaders = { "Cache-Control": "private, no-cache" };

/**
 * A page. Without a valid session everyone gets the same bytes and headers, also with a forged cookie. With a session, the
 * page has its theme.
 */
export function pageRoute(path: string, page: Themed, sessions: Sessions | undefined): Route {
  return {
    path,
    get: (ctx) => {
      const mayHaveSession = ctx.req.headers.cookie?.includes(sessionCookie) ?? false;
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
  sendDocument(ctx, page[theme], personalHeaders);
}

/** Returns the session's theme; undefined without a session, "system" when the store is unavailable. */
async function themeOf(ctx: Context, sessions: Sessions): Promise<Theme | undefined> {
  let theme: Theme | undefined = "system";
  try {
    const session = await sessions.load(ctx.cookies.get(sessionCookie));
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
