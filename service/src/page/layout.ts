import { createHash } from "node:crypto";
import type { Resume } from "../resume/resume.ts";
import type { Assets } from "./assets.ts";
import { renderFooter } from "./footer.ts";
import { Html, html } from "./html.ts";
import { renderNavigation } from "./navigation.ts";
import { STYLE } from "./style.ts";
import type { Theme } from "./theme.ts";

/**
 * Headers of every HTML answer. A page holds its style sheet, so that no request keeps it from being shown; the policy
 * allows that very one and no other. It holds no script but a block of data, which is never run.
 */
export const HTML_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; ` +
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

/** What all pages are made from. */
export interface SiteParts {
  readonly resume: Resume;
  readonly assets: Assets;
  /** The site's address without a slash at its end, when it is known: canonical links are relative otherwise. */
  readonly publicUrl: string | undefined;
}

export interface PageParts {
  /** The page's address; undefined for a page that has none of its own, which search engines then leave alone. */
  readonly path: string | undefined;
  /** What the page is in Open Graph's words. */
  readonly kind: "profile" | "website";
  readonly title: string;
  readonly description: string;
  readonly theme: Theme;
  readonly body: Html;
  /** A description of the page's subject for search engines (JSON-LD). */
  readonly data?: object;
}

const DESCRIPTION_LENGTH = 160;

/** The frame that all pages share. */
export function renderPage(site: SiteParts, { path, kind, title, description, theme, body, data }: PageParts): string {
  const { resume, assets, publicUrl = "" } = site;
  const { image } = resume.basics;
  const short = shorten(description, DESCRIPTION_LENGTH);
  const page = html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === "system" ? "light dark" : theme}">
<meta name="description" content="${short}">
${path === undefined ? html`<meta name="robots" content="noindex">` : html`<link rel="canonical" href="${publicUrl}${path}">`}
<meta property="og:type" content="${kind}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${short}">
<meta property="og:site_name" content="${resume.basics.name}">
${path !== undefined && publicUrl !== "" ? html`<meta property="og:url" content="${publicUrl}${path}">` : undefined}
${image === undefined ? undefined : html`<meta property="og:image" content="${image}">`}
<meta name="twitter:card" content="summary">
<link rel="apple-touch-icon" href="${assets.url("apple-touch-icon.png")}">
<link rel="icon" type="image/svg+xml" href="${assets.url("icon.svg")}">
<style>${new Html(STYLE)}</style>
${data === undefined ? undefined : html`<script type="application/ld+json">${dataBlock(data)}</script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="sheet">
${renderNavigation(resume.basics.name, path ?? "")}
${body}
${renderFooter(theme, path ?? "/")}
</div>
</body>
</html>
`;
  return page.text;
}

/** JSON that can't end the block it stands in. */
function dataBlock(data: object): Html {
  return new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
}

/** A text of at most the given length, cut between words. */
function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 1))}…`;
}
