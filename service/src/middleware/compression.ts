import compress from "koa-compress";
import type { Middleware } from "../context.ts";
import { PROBE_ROUTES } from "../metrics/catalogue.ts";

/** Smaller answers gain nothing: they fit into one packet anyway. */
const THRESHOLD_BYTES = 1024;

/** What machines ask for all the time, within the stack: compressing it, or looking for something to, costs more than it spares. */
const AS_THEY_ARE: ReadonlySet<string> = new Set(PROBE_ROUTES);

/** Compresses answers that are made for each request. Prepared documents come compressed and pass untouched. */
export function compression(): Middleware {
  const compressed: Middleware = compress({
    threshold: THRESHOLD_BYTES,
    encodingPreference: ["br", "gzip"],
    zstd: false,
    deflate: false,
  });
  return (ctx, next) => (AS_THEY_ARE.has(ctx.path) ? next() : compressed(ctx, next));
}
