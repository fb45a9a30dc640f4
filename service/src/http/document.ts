import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Context } from "../context.ts";
import { chooseEncoding, type Encoding } from "./encoding.ts";

/** A response that is the same for everyone, made and compressed once at start. */
export interface Document {
  readonly headers: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<Encoding, Variant>>;
}

interface Variant {
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

/** Prepares a text, or bytes, in all encodings, each with an ETag of its own. */
export function prepareDocument(content: string | Buffer, headers: Readonly<Record<string, string>>): Document {
  const body = Buffer.from(content);
  const hash = contentHash(body);
  const brotli = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  return {
    headers,
    variants: {
      br: { body: brotli, etag: `"${hash}-br"` },
      gzip: { body: gzipSync(body, { level: constants.Z_BEST_COMPRESSION }), etag: `"${hash}-gz"` },
      identity: { body, etag: `"${hash}"` },
    },
  };
}

/** Answers with the document in the encoding that suits the client, or with 304 when the client has it already. */
export function sendDocument(ctx: Context, document: Document, headers: Readonly<Record<string, string>> = {}): void {
  const encoding = chooseEncoding(ctx.req.headers["accept-encoding"]);
  const { body, etag } = document.variants[encoding];
  ctx.status = 200;
  ctx.set(document.headers);
  ctx.set(headers);
  ctx.set("ETag", etag);
  ctx.vary("Accept-Encoding");
  if (ctx.fresh) {
    ctx.status = 304;
    return;
  }
  if (encoding !== "identity") ctx.set("Content-Encoding", encoding);
  ctx.body = body;
}

/** 16 hex digits that change with the content. */
export function contentHash(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
