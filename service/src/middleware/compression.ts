import compress from "koa-compress";
import type { Middleware } from "../context.ts";

/** Smaller answers gain nothing: they fit into one packet anyway. */
const THRESHOLD_BYTES = 1024;

/** Compresses answers that are made for each request. Prepared documents come compressed and pass untouched. */
export function compression(): Middleware {
  return compress({ threshold: THRESHOLD_BYTES, encodingPreference: ["br", "gzip"], zstd: false, deflate: false });
}
