import type { Context, Handler, Middleware } from "./context.ts";
import { HttpProblem } from "./http/problem.ts";
import { phrase } from "./words/locale.ts";

/** The handlers of one path. A GET handler answers HEAD as well; the router answers OPTIONS. */
export interface Route {
  /** The path, or "/folder/:file" for every name in that folder. Also the route's metric label. */
  readonly path: string;
  readonly get?: Handler;
  readonly post?: Handler;
}

const anyFile = "/:file";

/**
 * Finds the route by exact path or by its folder, and the handler by method. A page's path in another case, or with
 * more slashes, is redirected to the page.
 * @throws {HttpProblem} 404 when no route matches, 405 (with Allow) when the route lacks the method
 */
export function router(routes: readonly Route[], pages: ReadonlySet<string>): Middleware {
  const exact = new Map(routes.filter((route) => !route.path.endsWith(anyFile)).map((route) => [route.path, route]));
  const folders = new Map(
    routes
      .filter((route) => route.path.endsWith(anyFile))
      .map((route) => [route.path.slice(0, -anyFile.length), route]),
  );

  return (ctx) => {
    const { path } = ctx;
    // "OPTIONS *" asks about the whole server (RFC 9110, 9.3.7).
    if (path === "*") {
      return allow(ctx, "GET, HEAD, POST, OPTIONS");
    }
    const route = exact.get(path) ?? folders.get(path.slice(0, path.lastIndexOf("/")));
    if (route === undefined) {
      const page = `/${path.toLowerCase().split("/").filter(Boolean).join("/")}`;
      const known = [page, `${page}/`].find((name) => pages.has(name));
      if (known !== undefined) {
        return redirect(ctx, known);
      }
      throw new HttpProblem(404, phrase("nothingHere", {}));
    }
    ctx.state.route = route.path;
    return handle(route, ctx);
  };
}

/** Keeps method and query. nginx' cache key has no query, so the response must not be stored. */
function redirect(ctx: Context, page: string): void {
  ctx.status = 308;
  ctx.set("Location", `${page}${ctx.search}`);
  ctx.set("Cache-Control", "no-store");
  ctx.body = "";
}

function handle(route: Route, ctx: Context): void | Promise<void> {
  switch (ctx.method) {
    case "GET":
    case "HEAD":
      if (route.get !== undefined) {
        return route.get(ctx);
      }
      break;
    case "POST":
      if (route.post !== undefined) {
        return route.post(ctx);
      }
      break;
    case "OPTIONS":
      return allow(ctx, allowed(route));
  }
  throw new HttpProblem(405, phrase("allowedMethods", { methods: allowed(route) }), { Allow: allowed(route) });
}

function allow(ctx: Context, methods: string): void {
  ctx.status = 204;
  ctx.set("Allow", methods);
}

function allowed(route: Route): string {
  const methods = ["OPTIONS"];
  if (route.post !== undefined) {
    methods.unshift("POST");
  }
  if (route.get !== undefined) {
    methods.unshift("GET", "HEAD");
  }
  return methods.join(", ");
}
