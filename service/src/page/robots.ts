import { html } from "./html.ts";
import { PAGES } from "./navigation.ts";

/** The pages for search engines. */
export function renderSitemap(publicUrl: string): string {
  return html`<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${PAGES.map(
  ({ path }) => html`<url><loc>${publicUrl}${path}</loc></url>
`,
)}</urlset>
`.text;
}

/** Robots may read everything but what is made for programs of the site's own. */
export function renderRobots(publicUrl: string | undefined): string {
  const sitemap = publicUrl === undefined ? "" : `\nSitemap: ${publicUrl}/sitemap.xml\n`;
  return `User-agent: *\nDisallow: /health\nDisallow: /ready\nDisallow: /metrics\n${sitemap}`;
}
