import compress from "koa-compress";
import type { Middleware } from "../context.ts";
import { chooseEncoding } from "../http/encoding.ts";
import { PUBLIC_PROBES } from "../metrics/catalogue.ts";

/** Smaller answers gain nothing: they fit into one packet anyway. */
const THRESHOLD_BYTES = 1024;

/** Probes: small, and asked for all the time. To look for something to compress costs more than it spares. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(PUBLIC_PROBES);

/** Compresses answers that are made for each request. Prepared documents come compressed and pass untouched. */
export function compression(): Middleware {
  const compressed: Middleware = compress({
    threshold: THRESHOLD_BYTES,
    encodingPreference: ["br", "gzip"],
    // Made for each scrape of /metrics: level 1 leaves 5.1 of 34.6 kB in 0.23 ms, level 6 4.5 kB in 0.31 ms.
    gzip: { level: 1 },
    zstd: false,
    deflate: false,
  });
  return (ctx, next) => {
    if (AS_THEY_ARE.has(ctx.path)) {
      return next();
    }
    if (chooseEncoding(ctx.headers["accept-encoding"]) !== "identity") {
      return compressed(ctx, next);
    }
    // The library fails where a client accepts none of its encodings (koajs/compress#232).
    ctx.vary("Accept-Encoding");
    return next();
  };
}
