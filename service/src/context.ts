import type Koa from "koa";

/** State of one request. */
export interface State {
  requestId: string;
  /** The route's pattern. Metric labels use it and never the path, so their number is bounded. */
  route: string;
}

export type App = Koa<State>;
export type Context = Koa.ParameterizedContext<State>;
export type Middleware = Koa.Middleware<State>;
export type Handler = (ctx: Context) => void | Promise<void>;

/** The label of requests that match no route. */
export const unmatched = "unmatched";
