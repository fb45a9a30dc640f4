import { contentHash, type Document, PAGE_CACHING, prepareDocument } from "./http/document.ts";
import type { RenderProblem } from "./middleware/errors.ts";
import { type Assets, loadAssets } from "./page/assets.ts";
import { renderHome } from "./page/home.ts";
import { HTML_HEADERS } from "./page/layout.ts";
import { renderProblemPage } from "./page/problem.ts";
import type { Theme } from "./page/theme.ts";
import { loadResume } from "./resume/resume.ts";
import { isResumeSummary, type ResumeSummary, summarize } from "./resume/summary.ts";
import type { CacheEntry } from "./store/cache.ts";

/** All that the site shows, made once at start from the content and the assets. */
export interface Site {
  readonly home: Readonly<Record<Theme, Document>>;
  readonly resume: Document;
  readonly summary: CacheEntry<ResumeSummary>;
  readonly assets: Assets;
  readonly renderProblem: RenderProblem;
}

/**
 * Reads content/resume.json and assets/ below the given folder.
 * @throws {ResumeError} naming the fields of the résumé that are wrong
 */
export function loadSite(root: string): Site {
  const assets = loadAssets(root);
  const { resume, source } = loadResume(root);
  const json = JSON.stringify(source);
  const home = (theme: Theme): Document =>
    prepareDocument(renderHome(resume, assets, theme), { ...HTML_HEADERS, "Cache-Control": PAGE_CACHING });

  return {
    home: { system: home("system"), light: home("light"), dark: home("dark") },
    resume: prepareDocument(json, {
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": PAGE_CACHING,
    }),
    summary: {
      name: "summary",
      key: contentHash(json),
      make: () => summarize(resume, new Date()),
      is: isResumeSummary,
    },
    assets,
    renderProblem: (problem) => ({
      html: renderProblemPage(problem, resume, assets),
      headers: HTML_HEADERS,
    }),
  };
}
