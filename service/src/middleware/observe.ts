import type { Context, Middleware } from "../context.ts";

/** The outcome of a request. */
export interface Outcome {
  /** From arrival until the response was written or the client disconnected. */
  readonly seconds: number;
  /** The client disconnected before the response was written. */
  readonly aborted: boolean;
}

/** Callbacks for each request. */
export interface Observer {
  /** Called when a request arrives. */
  onStart?(): void;
  /** Called once when it is over. */
  onFinish(ctx: Context, outcome: Outcome): void;
}

/** Calls the observers for each request, with one listener and one clock for all. */
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
