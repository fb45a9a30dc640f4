import { readFileSync } from "node:fs";
import { join } from "node:path";
import contentDisposition from "content-disposition";
import { contentHash, type Document, dayCaching, type Effort, pageCaching, prepareDocument } from "./http/document.ts";
import type { RenderProblem } from "./middleware/errors.ts";
import { type Assets, loadAssets } from "./page/assets.ts";
import { type ContactState, emptyContact, renderContact, renderThanks } from "./page/contact.ts";
import { renderExperience } from "./page/experience.ts";
import { renderHome } from "./page/home.ts";
import { html } from "./page/html.ts";
import { htmlHeaders, type SiteParts } from "./page/layout.ts";
import { renderProblemPage } from "./page/problem.ts";
import { renderProjects } from "./page/projects.ts";
import type { Theme } from "./page/theme.ts";
import { loadContent } from "./resume/content.ts";
import { isResumeSummary, type ResumeSummary, summarize } from "./resume/summary.ts";
import { sitePages } from "./site-pages.ts";
import type { CacheEntry } from "./store/cache.ts";
import type { Locale } from "./words/locale.ts";

/** A page, ready in each theme. */
export type Themed = Readonly<Record<Theme, Document>>;

/** The whole site, rendered once at start from content and assets. */
export interface Site {
  /** Pages by their path. */
  readonly pages: ReadonlyMap<string, Themed>;
  /** Files at fixed addresses, by their path. */
  readonly files: ReadonlyMap<string, Document>;
  /** Whether search engines may list the site. */
  readonly index: boolean;
  readonly summary: CacheEntry<ResumeSummary>;
  readonly assets: Assets;
  readonly locale: Locale;
  readonly renderContact: (state: ContactState, theme: Theme) => string;
  readonly renderProblem: RenderProblem;
}

/**
 * Reads content/ and assets/ below the given folder.
 * @param pdfs the résumé as PDF, by its path: there is no link to it without
 * @throws {ContentError} when the content is invalid
 */
export function loadSite(root: string, publicUrl?: string, pdfs: ReadonlyMap<string, Buffer> = new Map()): Site {
  const assets = loadAssets(root);
  const { resume, locale, published, experience, projects, contact } = loadContent(root);
  const pdfPath = pdfs.keys().next().value;
  const parts: SiteParts = { resume, assets, publicUrl, locale, pdfPath };

  const json = prepareDocument(JSON.stringify(published), headers("application/json; charset=utf-8", pageCaching));
  const favicon = readFileSync(join(root, "assets", "favicon.ico"));
  return {
    pages: new Map([
      ["/", themed((theme) => renderHome(parts, theme))],
      ["/experience", themed((theme) => renderExperience(parts, experience, theme))],
      ["/projects", themed((theme) => renderProjects(parts, projects, theme))],
      ["/contact", themed((theme) => renderContact(parts, contact, emptyContact, theme))],
      ["/contact/thanks", themed((theme) => renderThanks(parts, theme))],
    ]),
    files: new Map([
      ["/api/resume", json],
      ["/resume.json", json],
      ...[...pdfs].map(([path, pdf]) => [path, preparePdf(pdf, resume.basics.name)] as const),
      ...(publicUrl === undefined ? [] : [sitemap(publicUrl)]),
      [
        "/robots.txt",
        prepareDocument(renderRobots(resume.site.index, publicUrl), headers("text/plain; charset=utf-8", pageCaching)),
      ],
      ["/favicon.ico", prepareDocument(favicon, headers("image/x-icon", dayCaching))],
    ]),
    index: resume.site.index,
    summary: {
      name: "summary",
      key: contentHash(JSON.stringify(published)),
      make: () => summarize(resume, new Date()),
      is: isResumeSummary,
    },
    assets,
    locale,
    renderContact: (state, theme) => renderContact(parts, contact, state, theme),
    renderProblem: (problem) => ({ html: renderProblemPage(parts, problem), headers: htmlHeaders }),
  };
}

/** The person's name in the file's: browsers and programs that read applications show it. */
function preparePdf(pdf: Buffer, name: string): Document {
  const fileName =
    name
      .replace(/[\\/:*?"<>|\p{C}]+/gu, " ")
      .slice(0, longestFileName)
      .toWellFormed()
      .trim() || "resume";
  const disposition = contentDisposition(`${fileName}.pdf`, { type: "inline", fallback: "resume.pdf" });
  return prepareDocument(pdf, { ...headers("application/pdf", pageCaching), "Content-Disposition": disposition });
}

/** nginx reads a response's headers into one buffer. */
const longestFileName = 100;

/** A sitemap needs absolute addresses, so it exists only where the public address is known. */
function sitemap(publicUrl: string): readonly [string, Document] {
  return [
    "/sitemap.xml",
    prepareDocument(renderSitemap(publicUrl), headers("application/xml; charset=utf-8", pageCaching)),
  ];
}

/** Nearly all visitors get the system's theme, so only that page is compressed at best quality. */
function themed(render: (theme: Theme) => string): Themed {
  const page = (theme: Theme, effort: Effort): Document =>
    prepareDocument(render(theme), { ...htmlHeaders, "Cache-Control": pageCaching }, effort);
  return { system: page("system", "best"), light: page("light", "quick"), dark: page("dark", "quick") };
}

function headers(type: string, caching: string): Readonly<Record<string, string>> {
  return { "Content-Type": type, "Cache-Control": caching };
}

/** Lists the pages for search engines. */
function renderSitemap(publicUrl: string): string {
  return html`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${sitePages.map(
  ({ path }) => html`<url><loc>${publicUrl}${path}</loc></url>
`,
)}</urlset>
`.text;
}

/** Robots may read everything but probes and metrics, or nothing. */
function renderRobots(index: boolean, publicUrl: string | undefined): string {
  if (!index) {
    return "User-agent: *\nDisallow: /\n";
  }
  const sitemap = publicUrl === undefined ? "" : `\nSitemap: ${publicUrl}/sitemap.xml\n`;
  return `User-agent: *\nDisallow: /health\nDisallow: /ready\nDisallow: /metrics\n${sitemap}`;
}
