import { clientHas } from "../http/conditions.ts";
import { contentHash, pageCaching } from "../http/document.ts";
import type { CacheResult } from "../metrics/catalogue.ts";
import type { ResumeSummary } from "../resume/summary.ts";
import type { Route } from "../router.ts";
import type { CacheEntry, DataCache } from "../store/cache.ts";

const cacheStatus: Readonly<Record<CacheResult, string>> = {
  hit: "resume-data; hit",
  stale: "resume-data; hit; detail=stale",
  miss: "resume-data; fwd=miss; stored",
  shared: "resume-data; fwd=miss; collapsed",
  bypass: "resume-data; fwd=bypass",
};

/** Figures about the résumé, through the data cache. Cache-Status (RFC 9211) reports the result. */
export function summaryRoute(cache: DataCache, entry: CacheEntry<ResumeSummary>): Route {
  return {
    path: "/api/resume/summary",
    get: async (ctx) => {
      const { value, result } = await cache.read({ ...entry, requestId: ctx.state.requestId });
      const text = JSON.stringify(value);
      ctx.status = 200;
      ctx.set("Content-Type", "application/json; charset=utf-8");
      ctx.set("Cache-Control", pageCaching);
      ctx.set("Cache-Status", cacheStatus[result]);
      // Weak: the bytes differ by encoding, the meaning doesn't.
      const etag = `W/"${contentHash(text)}"`;
      ctx.set("ETag", etag);
      if (clientHas(ctx.req.headers["if-none-match"], etag)) {
        ctx.status = 304;
      } else {
        ctx.body = text;
      }
    },
  };
}
