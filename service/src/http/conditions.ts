/**
 * Conditional requests (RFC 9110, 13.1). Not Koa's ctx.fresh: with "Cache-Control: no-cache" or a date beside the ETag it
 * sends the whole document where these functions allow a 304.
 */

const entityTag = /(?:W\/)?"[^"]*"/g;

/**
 * Whether If-None-Match contains this ETag, by weak comparison. If-Modified-Since is ignored: documents have no date.
 */
export function clientHas(header: string | undefined, etag: string): boolean {
  if (header === undefined) {
    return false;
  }
  return header.trim() === "*" || tags(header).some((tag) => opaque(tag) === opaque(etag));
}

/** Whether If-Match allows a response with this ETag, by strong comparison. */
export function allowedBy(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === "*" || tags(header).includes(etag);
}

function tags(header: string): readonly string[] {
  return header.match(entityTag) ?? [];
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
