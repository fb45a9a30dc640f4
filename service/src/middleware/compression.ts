import compress from "koa-compress";
import type { Middleware } from "../context.ts";

/** Smaller answers gain nothing: they fit into one packet anyway. */
const THRESHOLD_BYTES = 1024;

/** Answers of a few bytes that are asked for all the time: what looks for something to compress costs more than they do. */
const TINY: ReadonlySet<string> = new Set(["/health", "/ready"]);

/** Compresses answers that are made for each request. Prepared documents come compressed and pass untouched. */
export function compression(): Middleware {
  const compressed: Middleware = compress({
    threshold: THRESHOLD_BYTES,
    encodingPreference: ["br", "gzip"],
    zstd: false,
    deflate: false,
  });
  return (ctx, next) => (TINY.has(ctx.path) ? next() : compressed(ctx, next));
}
