import { type Document, sendDocument } from "../http/document.ts";
import type { Route } from "../router.ts";

/** A file at a fixed address, the same for everyone. */
export function fileRoute(path: string, document: Document): Route {
  return { path, get: (ctx) => sendDocument(ctx, document) };
}
