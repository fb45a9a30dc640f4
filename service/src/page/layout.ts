import { createHash } from "node:crypto";
import type { Photo } from "../photos.ts";
import { isWebAddress } from "../resume/fields.ts";
import type { Resume } from "../resume/resume.ts";
import type { PageText } from "../resume/stories.ts";
import type { SitePage } from "../site-pages.ts";
import type { Locale } from "../words/locale.ts";
import type { WordKey } from "../words/words.ts";
import type { Assets } from "./assets.ts";
import { isolateLeftToRight } from "./direction.ts";
import { fillHtml, Html, html, link, renderMarkdown } from "./html.ts";
import { styleSheet } from "./style.ts";
import { type Theme, themes } from "./theme.ts";

/**
 * Headers of every HTML response. Pages contain their style sheet inline, which saves a request before the first paint;
 * the policy allows it by its hash. Pages contain no script but a JSON-LD block, which is not executed.
 */
export const htmlHeaders: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(styleSheet).digest("base64")}'; ` +
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

/** The common input of all pages. */
export interface SiteParts {
  readonly resume: Resume;
  readonly assets: Assets;
  /** The site's address without a slash at its end, when it is known: canonical links are relative otherwise. */
  readonly publicUrl: string | undefined;
  /** Where the résumé is as PDF; undefined where it could not be made. */
  readonly pdfPath?: string | undefined;
  /** The person's picture, where there is one. */
  readonly photo?: Photo | undefined;
  readonly locale: Locale;
  /** What the paths of this language begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  /** The pages of this language. */
  readonly pages: readonly SitePage[];
  readonly imprint?: PageText | undefined;
  /** All languages of the site, the first one at "/". */
  readonly languages: readonly SiteLanguage[];
}

export type SiteLanguage = Pick<SiteParts, "locale" | "prefix" | "pages">;

export interface PageParts {
  /** The page's path below the prefix of its language; undefined for a page without one of its own, which gets noindex. */
  readonly path: string | undefined;
  /** The page's type in Open Graph. */
  readonly kind: "profile" | "website";
  readonly title: string;
  readonly description: string;
  readonly theme: Theme;
  readonly body: Html;
  /** A description of the page's subject for search engines (JSON-LD). */
  readonly data?: object;
}

const descriptionLength = 160;

/** Renders the frame of all pages. */
export function renderPage(site: SiteParts, { path, kind, title, description, theme, body, data }: PageParts): string {
  const { resume, assets, publicUrl = "", locale, prefix } = site;
  const { words } = locale;
  const image = previewImage(site);
  const short = shorten(description, descriptionLength);
  const page = html`<!doctype html>
<html lang="${locale.language}"${locale.direction === "rtl" ? html` dir="rtl"` : undefined} data-theme="${theme}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === "system" ? "light dark" : theme}">
<meta name="description" content="${short}">
${path === undefined || !resume.site.index ? html`<meta name="robots" content="noindex">` : undefined}
${path === undefined ? undefined : html`<link rel="canonical" href="${publicUrl}${prefix}${path}">${renderAlternates(site, path)}`}
<meta property="og:type" content="${kind}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${short}">
<meta property="og:site_name" content="${resume.basics.name}">
${path !== undefined && publicUrl !== "" ? html`<meta property="og:url" content="${publicUrl}${prefix}${path}">` : undefined}
${image === undefined ? undefined : html`<meta property="og:image" content="${image}">`}
<meta name="twitter:card" content="summary">
<link rel="apple-touch-icon" href="${assets.url("apple-touch-icon.png")}">
<link rel="icon" type="${assets.icon.type}" href="${assets.icon.url}">
<style>${new Html(styleSheet)}</style>
${data === undefined ? undefined : html`<script type="application/ld+json">${dataBlock(data)}</script>`}
</head>
<body>
<a class="skip" href="#main">${words.skipToContent}</a>
<div class="sheet">
${renderNavigation(site, path)}
${locale.direction === "rtl" ? isolateLeftToRight(body) : body}
${renderFooter(site, theme, path ?? "/")}
</div>
</body>
</html>
`;
  return page.text;
}

/** The full address of a picture of the person, for previews and search engines; undefined where there is none. */
export function previewImage({ resume, assets, publicUrl, photo }: SiteParts): string | undefined {
  const file = photo?.files.at(-1);
  if (file !== undefined) {
    return publicUrl === undefined ? undefined : `${publicUrl}${assets.url(file.name)}`;
  }
  const { image } = resume.basics;
  return image !== undefined && isWebAddress(image) ? image : undefined;
}

/** JSON without "<", so that it can't close its script element. */
function dataBlock(data: object): Html {
  return new Html(JSON.stringify(data).replaceAll("<", "\\u003c"));
}

/** A text of at most the given length, cut between words. */
function shorten(text: string, length: number): string {
  if (text.length <= length) {
    return text;
  }
  const cut = text.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 1))}…`;
}

/** Renders the navigation at the top of every page. */
export function renderNavigation(site: SiteParts, current: string | undefined): Html {
  const { resume, locale, prefix } = site;
  const { words } = locale;
  const { name } = resume.basics;
  const brand = current === "/" ? undefined : html`<a class="brand" href="${prefix}/">${name}</a>`;
  return html`<nav class="site" aria-label="${words.site}">
${brand}
<ul>${site.pages.map(
    ({ path, label }) =>
      html`<li><a href="${prefix}${path}"${path === current ? html` aria-current="page"` : undefined}>${words[label]}</a></li>`,
  )}</ul>${renderSwitch(site, current ?? "/")}
</nav>`;
}

/** Links to the page in the other languages, or to the home page of one that lacks it. Each language has its own name. */
function renderSwitch({ locale, prefix, languages }: SiteParts, path: string): Html | undefined {
  const others = languages.filter((language) => language.prefix !== prefix);
  if (others.length === 0) {
    return undefined;
  }
  return html`
<ul class="languages" aria-label="${locale.words.otherLanguages}">${others.map(
    ({ locale: { language, name }, prefix, pages }) =>
      html`<li><a href="${prefix}${pages.some((page) => page.path === path) ? path : "/"}" lang="${language}" hreflang="${language}">${name}</a></li>`,
  )}</ul>`;
}

/** Tells search engines the page's address in each language. They take complete ones only, which need the public address. */
function renderAlternates({ publicUrl = "", languages }: SiteParts, path: string): Html | undefined {
  const having = languages.filter(({ pages }) => pages.some((page) => page.path === path));
  const [first, ...others] = having;
  if (first === undefined || others.length === 0) {
    return undefined;
  }
  const all = [
    ...having.map(({ locale, prefix }) => ({ code: locale.language, prefix })),
    { code: "x-default", prefix: first.prefix },
  ];
  return html`${all.map(
    ({ code, prefix }) => html`
<link rel="alternate" hreflang="${code}" href="${publicUrl}${prefix}${path}">`,
  )}`;
}

/** Renders the title and the Markdown introduction of a page. The home page has its own header. */
export function renderTitle(title: string, intro: string): Html {
  return html`<header class="title">
<h1>${title}</h1>
${intro === "" ? undefined : html`<div class="intro prose">${renderMarkdown(intro, 1)}</div>`}
</header>`;
}

/** Renders a section with a heading. Returns undefined when it has no items. */
export function section(id: string, title: string, items: readonly Html[]): Html | undefined {
  if (items.length === 0) {
    return undefined;
  }
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${items}
</section>
`;
}

const themeLabels: Readonly<Record<Theme, WordKey>> = {
  system: "themeSystem",
  light: "themeLight",
  dark: "themeDark",
};

/** Renders the footer of every page. Its theme form returns to the page. */
export function renderFooter({ locale: { words }, prefix, imprint }: SiteParts, current: Theme, path: string): Html {
  const legal = imprint === undefined ? undefined : link(`${prefix}/imprint`, imprint.title ?? words.imprint);
  return html`<footer>
<p>${fillHtml(words, "alsoAsData", { link: link(`${prefix}/resume.json`, "resume.json") })}${legal === undefined ? undefined : html` ${legal}`}</p>
<form method="post" action="${prefix}/theme" class="themes">
<input type="hidden" name="next" value="${prefix}${path}">
<fieldset>
<legend>${words.theme}</legend>
${themes.map(
  (theme) =>
    html`<button name="theme" value="${theme}" aria-pressed="${theme === current ? "true" : "false"}">${words[themeLabels[theme]]}</button>`,
)}
</fieldset>
</form>
</footer>`;
}
