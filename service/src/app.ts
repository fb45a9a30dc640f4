import Koa from "koa";
import type { Config } from "./config.ts";
import { ContactService } from "./contact/contact-service.ts";
import { Mailbox } from "./contact/mailbox.ts";
import { FormTokens } from "./contact/tokens.ts";
import { type App, type Context, type State, unmatched } from "./context.ts";
import type { Drain } from "./drain.ts";
import { languageAt } from "./languages.ts";
import { errorFields, type Log } from "./log.ts";
import { cacheResults } from "./metrics/catalogue.ts";
import { initLabels, type Metrics } from "./metrics/metrics.ts";
import { accessLog } from "./middleware/access-log.ts";
import { compression } from "./middleware/compression.ts";
import { errors } from "./middleware/errors.ts";
import { measure } from "./middleware/measure.ts";
import { observe } from "./middleware/observe.ts";
import { draining, replica, requestId } from "./middleware/response-headers.ts";
import { type Route, router } from "./router.ts";
import { contactHandler } from "./routes/contact.ts";
import { fileRoute, ownFilesRoute, staticRoute } from "./routes/files.ts";
import { pageRoute } from "./routes/pages.ts";
import { healthRoute, metricsRoute, readyRoute } from "./routes/probes.ts";
import { summaryRoute } from "./routes/summary.ts";
import { themeRoute } from "./routes/theme.ts";
import type { Site } from "./site.ts";
import { DataCache } from "./store/cache.ts";
import { RateLimit } from "./store/rate-limit.ts";
import { Sessions } from "./store/sessions.ts";
import type { ServiceStore } from "./store/store.ts";

export interface AppParts {
  readonly config: Config;
  readonly site: Site;
  /** Undefined when the service runs without Redis. */
  readonly store: ServiceStore | undefined;
  readonly metrics: Metrics;
  readonly drain: Drain;
  readonly log: Log;
}

/** Creates the Koa application: middleware for every request, then the routes. */
export function createApp({ config, site, store, metrics, drain, log }: AppParts): App {
  const sessions =
    config.redis !== undefined && store !== undefined
      ? new Sessions(store, config.redis.sessionKey, config.redis.sessionTtlSeconds, metrics)
      : undefined;
  const contactLimit = { max: config.contactLimit, seconds: 600 };
  const contactService =
    config.redis !== undefined && store !== undefined && sessions !== undefined
      ? new ContactService({
          sessions,
          tokens: new FormTokens(config.redis.sessionKey),
          limit: new RateLimit(store, "contact", config.redis.sessionKey, contactLimit),
          askLimit: new RateLimit(store, "confirm", config.redis.sessionKey, contactLimit),
          mailbox: new Mailbox(store),
          log,
        })
      : undefined;
  const cache = new DataCache(store, config.cacheTtlSeconds, metrics, log);
  initLabels(metrics.cacheRequests, "result", cacheResults, { entry: site.summary.name });

  const routes: readonly Route[] = [
    healthRoute(config.replica, config.version),
    readyRoute(store, drain),
    metricsRoute(metrics),
    ...site.languages.flatMap((localized) => [
      ...[...localized.pages].map(([path, page]) => ({
        ...pageRoute(path, page, sessions),
        ...(path === `${localized.prefix}/contact`
          ? { post: contactHandler({ contactService, site: localized, metrics, log }) }
          : {}),
      })),
      themeRoute(localized.prefix, sessions),
    ]),
    ...[...site.files].map(([path, file]) => fileRoute(path, file)),
    summaryRoute(cache, site.summary),
    staticRoute(site.assets),
    ...(site.ownFiles.size === 0 ? [] : [ownFilesRoute(site.ownFiles)]),
  ];
  const paths = [...routes.map(({ path }) => path), unmatched];
  initLabels(metrics.httpAborted, "route", paths);
  initLabels(metrics.httpFailures, "route", paths);
  // Both counters of failures must start at 0: the first failure in only one of them would look like one not answered.
  for (const { path, get, post } of [...routes, { path: unmatched, get: true, post: false }]) {
    if (get) {
      metrics.httpRequests.initLabels(path, "GET", "5xx");
    }
    if (post) {
      metrics.httpRequests.initLabels(path, "POST", "5xx");
    }
  }

  // Client address and scheme are the last entries of the X-Forwarded headers, which nginx sets.
  const app = new Koa<State>({ proxy: true, maxIpsCount: 1 });
  app.on("error", (error: Error, ctx?: Context) => logAfterwards(error, ctx?.state.requestId, log));

  app.use(requestId());
  app.use(replica(config.replica, site.index));
  app.use(draining(drain));
  app.use(observe(measure(metrics), accessLog(log)));
  app.use(compression());
  app.use(errors((path) => languageAt(site.languages, path), log));
  app.use(router(routes, new Set(site.languages.flatMap(({ pages }) => [...pages.keys()]))));
  return app;
}

/** Errors of a client that disconnected. The access log records them as "aborted" already. */
const disconnectCodes: ReadonlySet<unknown> = new Set([
  "ECONNRESET",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ECONNABORTED",
]);

/** Logs errors that happen after the handlers, while the response is written. */
function logAfterwards(error: Error, requestId: string | undefined, log: Log): void {
  const code = "code" in error ? error.code : undefined;
  if (!disconnectCodes.has(code)) {
    log.error("a response failed", { requestId, ...errorFields(error) });
  }
}
