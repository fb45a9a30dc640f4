import type { Context, Middleware } from "../context.ts";

/** What became of a request. */
export interface Outcome {
  /** From its arrival until its response was written, or its client had gone. */
  readonly seconds: number;
  /** Its client went away before the response was written. */
  readonly aborted: boolean;
}

/** Takes notice of requests. */
export interface Observer {
  /** A request has come in. */
  onStart?(): void;
  /** It is over. Called once for each request that was started. */
  onFinish(ctx: Context, outcome: Outcome): void;
}

/** Tells the observers of each request, with one listener and one clock for all of them. */
export function observe(...observers: readonly Observer[]): Middleware {
  return (ctx, next) => {
    const start = performance.now();
    for (const observer of observers) {
      observer.onStart?.();
    }
    ctx.res.once("close", () => {
      const outcome = { seconds: (performance.now() - start) / 1000, aborted: !ctx.res.writableFinished };
      for (const observer of observers) {
        observer.onFinish(ctx, outcome);
      }
    });
    return next();
  };
}
