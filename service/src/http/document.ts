import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Context } from "../context.ts";
import { allowedBy, clientHas } from "./conditions.ts";
import { chooseEncoding, type Encoding } from "./encoding.ts";
import { HttpProblem } from "./problem.ts";
import { readRange } from "./range.ts";

/** A response that is the same for everyone, made and compressed once at start. */
export interface Document {
  readonly headers: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<Encoding, Variant>>;
}

interface Variant {
  /** How the body is encoded: "identity" where compressing gains nothing, whatever the client takes. */
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * Caches in front of the service keep a page for a second, hand out an older one while they fetch the next or when no
 * replica answers; browsers ask each time and mostly get a 304.
 */
export const PAGE_CACHING = "public, max-age=0, s-maxage=1, stale-while-revalidate=60, stale-if-error=86400";
/** For files whose name holds the hash of their content. */
export const IMMUTABLE_CACHING = "public, max-age=31536000, immutable";

/** How hard a document is compressed: brotli's best takes 30 times as long as its middle, for 15 % less. */
export type Effort = "best" | "quick";
const BROTLI_QUALITY: Readonly<Record<Effort, number>> = { best: constants.BROTLI_MAX_QUALITY, quick: 5 };

/** Prepares a text, or bytes, in all encodings, each with an ETag of its own. */
export function prepareDocument(
  content: string | Buffer,
  headers: Readonly<Record<string, string>>,
  effort: Effort = "best",
): Document {
  const body = Buffer.from(content);
  const hash = contentHash(body);
  const brotli = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY[effort],
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  const gzip = gzipSync(body, { level: constants.Z_BEST_COMPRESSION });
  const identity: Variant = { encoding: "identity", body, etag: `"${hash}"` };
  const smaller = (variant: Variant): Variant => (variant.body.length < body.length ? variant : identity);
  return {
    headers,
    variants: {
      br: smaller({ encoding: "br", body: brotli, etag: `"${hash}-br"` }),
      gzip: smaller({ encoding: "gzip", body: gzip, etag: `"${hash}-gz"` }),
      identity,
    },
  };
}

/**
 * Answers with the document in the encoding that suits the client; with 304 when the client has it already, with 412
 * when it asked for another one only, with 206 and a part when it asked for that (RFC 9110, 13.2.2).
 */
export function sendDocument(ctx: Context, document: Document, headers: Readonly<Record<string, string>> = {}): void {
  const { encoding, body, etag } = document.variants[chooseEncoding(ctx.req.headers["accept-encoding"])];
  ctx.status = 200;
  ctx.set(document.headers);
  ctx.set(headers);
  ctx.set("ETag", etag);
  ctx.set("Accept-Ranges", "bytes");
  ctx.vary("Accept-Encoding");
  // Prepared in all encodings: nothing is left to compress, and a part must stay as it is.
  ctx.compress = false;
  if (!allowedBy(ctx.req.headers["if-match"], etag)) {
    throw new HttpProblem(412, "The file is another one by now.");
  }
  if (clientHas(ctx.req.headers["if-none-match"], etag)) {
    ctx.status = 304;
    return;
  }
  if (encoding !== "identity") {
    ctx.set("Content-Encoding", encoding);
  }
  sendBody(ctx, body, etag);
}

function sendBody(ctx: Context, body: Buffer, etag: string): void {
  const { range: asked, "if-range": condition } = ctx.req.headers;
  // A range is for GET, and for the very bytes that the client knows a part of.
  const applies = ctx.method === "GET" && (condition === undefined || condition === etag);
  const range = applies ? readRange(asked, body.length) : undefined;
  if (range === undefined) {
    ctx.body = body;
    return;
  }
  if (range === "unsatisfiable") {
    ctx.remove("Content-Encoding");
    throw new HttpProblem(416, "There is nothing in that range.", { "Content-Range": `bytes */${body.length}` });
  }
  ctx.status = 206;
  ctx.set("Content-Range", `bytes ${range.first}-${range.last}/${body.length}`);
  ctx.body = body.subarray(range.first, range.last + 1);
}

/** 16 hex digits that change with the content. */
export function contentHash(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
