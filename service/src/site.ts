import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import contentDisposition from "content-disposition";
import { contentHash, type Document, type Effort, pageCaching, prepareDocument } from "./http/document.ts";
import type { ProblemSite } from "./middleware/errors.ts";
import { type Assets, loadAssets } from "./page/assets.ts";
import { type ContactState, emptyContact, renderContact, renderThanks } from "./page/contact.ts";
import { renderExperience } from "./page/experience.ts";
import { renderHome } from "./page/home.ts";
import { html } from "./page/html.ts";
import { renderImprint } from "./page/imprint.ts";
import { htmlHeaders, type SiteLanguage, type SiteParts } from "./page/layout.ts";
import { renderProblemPage } from "./page/problem.ts";
import { renderProjects } from "./page/projects.ts";
import type { Theme } from "./page/theme.ts";
import type { Photo } from "./photos.ts";
import { type LocalizedContent, loadContent } from "./resume/content.ts";
import { isResumeSummary, type ResumeSummary, summarize } from "./resume/summary.ts";
import { pagesOf, type SitePage } from "./site-pages.ts";
import type { CacheEntry } from "./store/cache.ts";

/** A page, ready in each theme. */
export type Themed = Readonly<Record<Theme, Document>>;

/** The whole site, rendered once at start from content and assets. */
export interface Site {
  /** The site in each language, that of resume.json first. */
  readonly languages: readonly [LocalizedSite, ...LocalizedSite[]];
  /** Files at fixed addresses, by their path. */
  readonly files: ReadonlyMap<string, Document>;
  /** The owner's files by their names below /files/. */
  readonly ownFiles: ReadonlyMap<string, Document>;
  /** Whether search engines may list the site. */
  readonly index: boolean;
  readonly summary: CacheEntry<ResumeSummary>;
  readonly assets: Assets;
}

/** The site in one language. */
export interface LocalizedSite extends ProblemSite {
  /** What its paths begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  /** Pages by their path. */
  readonly pages: ReadonlyMap<string, Themed>;
  readonly renderContact: (state: ContactState, theme: Theme) => string;
}

/**
 * Reads content/ and assets/ below the given folder.
 * @param photos by the names of their pictures in the folder: a picture without one is not shown
 * @param pdfs the résumé as PDF, by its path: there is no link to it without
 * @throws {ContentError} when the content is invalid
 */
export function loadSite(
  root: string,
  publicUrl?: string,
  pdfs: ReadonlyMap<string, Buffer> = new Map(),
  folder?: string,
  photos: ReadonlyMap<string, Photo> = new Map(),
): Site {
  const contentFolder = folder ?? join(root, "content");
  const assets = loadAssets(root, contentFolder, photos.values());
  const content = loadContent(contentFolder, folder);
  const languages = [content, ...content.translations].map((language) => ({ ...language, pages: pagesOf(language) }));
  const common = { assets, publicUrl, pdfs, photos, languages };
  return {
    languages: [localizedSite(common, content), ...content.translations.map((other) => localizedSite(common, other))],
    files: new Map([
      ["/api/resume", published(content)],
      ...languages.flatMap((language) => filesOf(language, pdfs)),
      ...(publicUrl === undefined ? [] : [sitemap(publicUrl, languages)]),
      [
        "/robots.txt",
        prepareDocument(
          renderRobots(content.resume.site.index, publicUrl),
          headers("text/plain; charset=utf-8", pageCaching),
        ),
      ],
      ["/favicon.ico", assets.favicon],
    ]),
    ownFiles: new Map(content.files.map(({ name, path }) => [name, prepareOwnFile(name, readFileSync(path))])),
    index: content.resume.site.index,
    summary: {
      name: "summary",
      key: contentHash(JSON.stringify(content.published)),
      make: () => summarize(content.resume, new Date()),
      is: isResumeSummary,
    },
    assets,
  };
}

interface Common extends Pick<SiteParts, "assets" | "publicUrl" | "languages"> {
  readonly pdfs: ReadonlyMap<string, Buffer>;
  readonly photos: ReadonlyMap<string, Photo>;
}

function localizedSite({ pdfs, photos, ...common }: Common, content: LocalizedContent): LocalizedSite {
  const { resume, locale, prefix, experience, projects, contact, imprint } = content;
  const path = pdfPath(content);
  const pages = pagesOf(content);
  const parts: SiteParts = {
    ...common,
    resume,
    locale,
    prefix,
    pages,
    imprint,
    pdfPath: pdfs.has(path) ? path : undefined,
    photo: photos.get(resume.basics.image ?? ""),
  };
  const renderers: Readonly<Record<SitePage["path"], (theme: Theme) => string>> = {
    "/": (theme) => renderHome(parts, theme),
    "/experience": (theme) => renderExperience(parts, experience, theme),
    "/projects": (theme) => renderProjects(parts, projects, theme),
    "/contact": (theme) => renderContact(parts, contact, emptyContact, theme),
  };
  return {
    locale,
    prefix,
    pages: new Map([
      ...pages.map(({ path: page }) => [`${prefix}${page}`, themed(renderers[page])] as const),
      [`${prefix}/contact/thanks`, themed((theme) => renderThanks(parts, theme))],
      ...(imprint === undefined
        ? []
        : [[`${prefix}/imprint`, themed((theme) => renderImprint(parts, imprint, theme))] as const]),
    ]),
    renderContact: (state, theme) => renderContact(parts, contact, state, theme),
    renderProblem: (problem) => ({ html: renderProblemPage(parts, problem), headers: htmlHeaders }),
  };
}

function filesOf(
  content: LocalizedContent,
  pdfs: ReadonlyMap<string, Buffer>,
): readonly (readonly [string, Document])[] {
  const pdf = pdfs.get(pdfPath(content));
  return [
    [`${content.prefix}/resume.json`, published(content)],
    ...(pdf === undefined ? [] : [[pdfPath(content), preparePdf(pdf, content.resume.basics.name)] as const]),
  ];
}

function published(content: LocalizedContent): Document {
  return prepareDocument(JSON.stringify(content.published), headers("application/json; charset=utf-8", pageCaching));
}

function pdfPath({ prefix }: Pick<LocalizedContent, "prefix">): string {
  return `${prefix}/resume.pdf`;
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
  // At best quality it takes half a second of each replica's start, for 7 % fewer bytes.
  return prepareDocument(
    pdf,
    { ...headers("application/pdf", pageCaching), "Content-Disposition": disposition },
    "quick",
  );
}

/** Types of the files that people offer, by the names' ends. */
const fileTypes: Readonly<Record<string, string>> = {
  asc: "text/plain; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  gif: "image/gif",
  html: "text/html; charset=utf-8",
  ics: "text/calendar; charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  odt: "application/vnd.oasis.opendocument.text",
  pdf: "application/pdf",
  png: "image/png",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  vcf: "text/vcard; charset=utf-8",
  webp: "image/webp",
  zip: "application/zip",
};

/** Files that may have scripts in them, which must not act for the site. */
const scriptable = /^(text\/html|image\/svg)/;
const filePolicy = {
  "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; sandbox",
};

function prepareOwnFile(name: string, bytes: Buffer): Document {
  const type = fileTypes[extname(name).slice(1).toLowerCase()] ?? "application/octet-stream";
  return prepareDocument(
    bytes,
    { ...headers(type, pageCaching), ...(scriptable.test(type) ? filePolicy : {}) },
    "quick",
  );
}

/** nginx reads a response's headers into one buffer. */
const longestFileName = 100;

/** A sitemap needs absolute addresses, so it exists only where the public address is known. */
function sitemap(publicUrl: string, languages: readonly SiteLanguage[]): readonly [string, Document] {
  return [
    "/sitemap.xml",
    prepareDocument(renderSitemap(publicUrl, languages), headers("application/xml; charset=utf-8", pageCaching)),
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
function renderSitemap(publicUrl: string, languages: readonly SiteLanguage[]): string {
  return html`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${languages.map(({ prefix, pages }) =>
  pages.map(
    ({ path }) => html`<url><loc>${publicUrl}${prefix}${path}</loc></url>
`,
  ),
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
