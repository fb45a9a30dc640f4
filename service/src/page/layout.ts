import type { Assets } from "./assets.ts";
import { type Html, html } from "./html.ts";
import type { Theme } from "./theme.ts";

/** Headers of every HTML answer. The pages hold no script and no inline style, so the policy allows none. */
export const HTML_HEADERS: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "strict-origin-when-cross-origin",
};

export interface PageParts {
  readonly title: string;
  readonly description: string | undefined;
  readonly theme: Theme;
  readonly body: Html;
}

/** The frame that all pages share. */
export function renderPage({ title, description, theme, body }: PageParts, assets: Assets): string {
  const meta = description === undefined ? undefined : html`<meta name="description" content="${description}">`;
  const page = html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === "system" ? "light dark" : theme}">
${meta}
<link rel="stylesheet" href="${assets.url("style.css")}">
<link rel="icon" type="image/svg+xml" href="${assets.url("icon.svg")}">
</head>
<body>
${body}
</body>
</html>
`;
  return page.text;
}
