import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Context } from "../context.ts";
import { clientHas } from "./conditions.ts";
import { chooseEncoding, type Encoding } from "./encoding.ts";

/** A response that is the same for everyone, created and compressed once at start. */
export interface Document {
  readonly headers: Readonly<Record<string, string>>;
  readonly variants: Readonly<Record<Encoding, Variant>>;
}

interface Variant {
  /** "identity" where compression gains nothing. */
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * Shared caches keep everything for one second, and serve it for 20 s longer while they refresh it or when no replica
 * answers: nginx, and one more cache in front of it, together give out nothing that is older than 42 s. nginx takes these
 * seconds from here, and has copies of its own for longer failures.
 */
const sharedCaching = "s-maxage=1, stale-while-revalidate=20, stale-if-error=20";
/** Browsers revalidate each time and mostly get a 304. */
export const pageCaching = `public, max-age=0, ${sharedCaching}`;
/** For the favicon, which browsers request often. */
export const dayCaching = `public, max-age=86400, ${sharedCaching}`;
/** For files with a content hash in their name. */
export const immutableCaching = `public, max-age=31536000, immutable, ${sharedCaching}`;

/** Compression effort. Brotli's best quality takes 30 times as long as its middle, for 15 % fewer bytes. */
export type Effort = "best" | "quick";
const brotliQuality: Readonly<Record<Effort, number>> = { best: constants.BROTLI_MAX_QUALITY, quick: 5 };

/** Compresses content in all encodings, each with its own ETag. */
export function prepareDocument(
  content: string | Buffer,
  headers: Readonly<Record<string, string>>,
  effort: Effort = "best",
): Document {
  const body = Buffer.from(content);
  const hash = contentHash(body);
  const brotli = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: brotliQuality[effort],
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
 * Sends the document in the client's encoding, or 304 when the client has it. Ranges and If-Match are nginx' part: it
 * answers both from the whole document and does not pass them on (infra/test/edge.real.test.ts).
 */
export function sendDocument(ctx: Context, document: Document, headers: Readonly<Record<string, string>> = {}): void {
  const { encoding, body, etag } = document.variants[chooseEncoding(ctx.req.headers["accept-encoding"])];
  ctx.status = 200;
  ctx.set(document.headers);
  ctx.set(headers);
  ctx.set("ETag", etag);
  // nginx answers ranges only of responses with this header.
  ctx.set("Accept-Ranges", "bytes");
  ctx.vary("Accept-Encoding");
  // Already compressed.
  ctx.compress = false;
  if (clientHas(ctx.req.headers["if-none-match"], etag)) {
    ctx.status = 304;
    return;
  }
  if (encoding !== "identity") {
    ctx.set("Content-Encoding", encoding);
  }
  ctx.body = body;
}

/** Returns the first 16 hex digits of the content's SHA-256. */
export function contentHash(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
