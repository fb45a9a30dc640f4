import { type Document, sendDocument } from "../http/document.ts";
import type { Route } from "../router.ts";

/** The résumé as data, in the JSON Resume schema: for programs, and as a file to save. */
export function resumeRoutes(document: Document): readonly Route[] {
  return [
    { path: "/api/resume", get: (ctx) => sendDocument(ctx, document) },
    { path: "/resume.json", get: (ctx) => sendDocument(ctx, document) },
  ];
}
