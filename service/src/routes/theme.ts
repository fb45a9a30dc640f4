import { formOrigin, readForm } from "../http/form.ts";
import { HttpProblem } from "../http/problem.ts";
import { setSessionCookie } from "../http/session-cookie.ts";
import { isTheme, themes } from "../page/theme.ts";
import type { Route } from "../router.ts";
import { type Sessions, sessionCookie } from "../store/sessions.ts";
import { StoreUnavailable } from "../store/store.ts";
import { phrase } from "../words/locale.ts";

const maxFormBytes = 1024;

/** Stores the visitor's theme in a session and redirects back to the page. */
export function themeRoute(prefix: string, sessions: Sessions | undefined): Route {
  return {
    path: `${prefix}/theme`,
    post: async (ctx) => {
      if (formOrigin(ctx) === "foreign") {
        throw new HttpProblem(403, phrase("foreignTheme", {}));
      }
      const form = await readForm(ctx, maxFormBytes);
      const theme = form.get("theme");
      if (!isTheme(theme)) {
        throw new HttpProblem(400, phrase("invalidTheme", { themes: themes.join(", ") }));
      }
      if (sessions === undefined) {
        throw new StoreUnavailable("this replica runs without Redis");
      }

      const cookie = await sessions.saveTheme(theme, ctx.cookies.get(sessionCookie));
      setSessionCookie(ctx, cookie, sessions.ttlSeconds);
      ctx.set("Cache-Control", "no-store");
      ctx.set("Location", samePath(form.get("next")));
      ctx.status = 303;
      ctx.body = "";
    },
  };
}

const placeholderOrigin = "http://site.invalid";

/** Returns a path of this site. Addresses elsewhere ("//host", "/\host", full URLs) become "/": no open redirect. */
export function samePath(next: string | null): string {
  if (next === null || !next.startsWith("/") || !URL.canParse(next, placeholderOrigin)) {
    return "/";
  }
  const url = new URL(next, placeholderOrigin);
  return url.origin === placeholderOrigin && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : "/";
}
