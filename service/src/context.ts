import type Koa from "koa";

/** What the service keeps about one request. */
export interface State {
  requestId: string;
  /** The route's pattern, the only form in which a path becomes a metric label. */
  route: string;
}

export type App = Koa<State>;
export type Context = Koa.ParameterizedContext<State>;
export type Middleware = Koa.Middleware<State>;
export type Handler = (ctx: Context) => void | Promise<void>;

/** The route of requests that match none. */
export const UNMATCHED = "unmatched";
