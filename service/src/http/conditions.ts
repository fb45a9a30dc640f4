/** What a client knows of a document already, as its request's conditions tell (RFC 9110, 13.1). */

const ENTITY_TAG = /(?:W\/)?"[^"]*"/g;

/**
 * Whether an If-None-Match header says that the client has the document with this ETag; weak ones will do, as it only
 * spares a transfer. If-Modified-Since is never looked at: no document of ours has a date.
 */
export function clientHas(header: string | undefined, etag: string): boolean {
  if (header === undefined) {
    return false;
  }
  return header.trim() === "*" || tags(header).some((tag) => opaque(tag) === opaque(etag));
}

/** Whether an If-Match header allows an answer with this ETag, which must be the very bytes. */
export function allowedBy(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === "*" || tags(header).includes(etag);
}

function tags(header: string): readonly string[] {
  return header.match(ENTITY_TAG) ?? [];
}

function opaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
