const entityTag = /(?:W\/)?"[^"]*"/g;

/**
 * Whether If-None-Match contains this ETag, by weak comparison (RFC 9110, 13.1.2). Not Koa's ctx.fresh: with
 * "Cache-Control: no-cache" or a date beside the ETag it sends the whole document, also to nginx, which revalidates its
 * cache with this header.
 */
export function clientHas(header: string | undefined, etag: string): boolean {
  if (header === undefined) {
    return false;
  }
  const tags = header.match(entityTag) ?? [];
  return header.trim() === "*" || tags.some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
