import { type Document, sendDocument } from "../http/document.ts";
import { HttpProblem } from "../http/problem.ts";
import type { Assets } from "../page/assets.ts";
import type { Route } from "../router.ts";
import { phrase } from "../words/locale.ts";

const fingerprinted = /^([a-z0-9-]+)\.[0-9a-f]{16}\.([a-z0-9]+)$/;

/**
 * Assets of pages. Their names contain a content hash, so they are immutable. Another version's hash is requested during a
 * rollout, or by an old cached page: it gets the current file with no-store.
 */
export function staticRoute(assets: Assets): Route {
  return {
    path: "/static/:file",
    get: (ctx) => {
      const file = ctx.path.slice(ctx.path.lastIndexOf("/") + 1);
      const exact = assets.byFile.get(file);
      if (exact !== undefined) {
        return sendDocument(ctx, exact);
      }
      const other = assets.byName.get(file.replace(fingerprinted, "$1.$2"));
      if (other === undefined) {
        throw new HttpProblem(404, phrase("noSuchFile", {}));
      }
      return sendDocument(ctx, other, { "Cache-Control": "no-store" });
    },
  };
}

/** The owner's files, at addresses that stay. */
export function ownFilesRoute(files: ReadonlyMap<string, Document>): Route {
  return {
    path: "/files/:file",
    get: (ctx) => {
      const file = files.get(decoded(ctx.path.slice(ctx.path.lastIndexOf("/") + 1)));
      if (file === undefined) {
        throw new HttpProblem(404, phrase("noSuchFile", {}));
      }
      return sendDocument(ctx, file);
    },
  };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name).normalize("NFC");
  } catch {
    // No file has such a name.
    return "";
  }
}

/** A file at a fixed path. */
export function fileRoute(path: string, document: Document): Route {
  return { path, get: (ctx) => sendDocument(ctx, document) };
}
