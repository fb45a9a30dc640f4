import type { Context, Middleware } from "../context.ts";
import { HttpProblem } from "../http/problem.ts";
import { errorFields, type Log } from "../log.ts";
import { StoreUnavailable } from "../store/store.ts";
import { type Locale, phrase } from "../words/locale.ts";

export interface ProblemView {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string;
}

/** The language of a path, and its error pages. */
export interface ProblemSite {
  readonly locale: Locale;
  /** Returns an error page's HTML and headers. */
  readonly renderProblem: (problem: ProblemView) => {
    readonly html: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}

const retryAfterSeconds = "5";

/** Turns errors of handlers into responses in the path's language, HTML or JSON (RFC 9457) by Accept. Stacks go to the log only. */
export function errors(siteAt: (path: string) => ProblemSite, log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status === 500) {
        log.error("a request failed", {
          requestId: ctx.state.requestId,
          route: ctx.state.route,
          ...errorFields(error),
        });
      }
      answer(ctx, problem, siteAt(ctx.path));
    }
  };
}

function toProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) {
    return error;
  }
  if (error instanceof StoreUnavailable) {
    return new HttpProblem(503, phrase("settingsUnavailable", {}), { "Retry-After": retryAfterSeconds });
  }
  return new HttpProblem(500, phrase("unexpectedError", {}));
}

function answer(ctx: Context, problem: HttpProblem, { locale, renderProblem }: ProblemSite): void {
  const view: ProblemView = {
    status: problem.status,
    title: locale.words[`status${problem.status}`],
    detail: problem.detail(locale),
    requestId: ctx.state.requestId,
  };
  ctx.status = problem.status;
  ctx.remove("ETag");
  ctx.set("Cache-Control", "no-store");
  ctx.set(problem.headers);
  ctx.vary("Accept");
  if (ctx.accepts("json", "html") === "html") {
    const page = renderProblem(view);
    ctx.set(page.headers);
    ctx.body = page.html;
  } else {
    ctx.type = "application/problem+json";
    ctx.body = JSON.stringify(view);
  }
}
