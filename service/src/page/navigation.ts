import { type Html, html } from "./html.ts";

/** The pages that every page leads to, in the navigation's and the sitemap's order. */
export const PAGES = [
  { path: "/", label: "Résumé" },
  { path: "/experience", label: "Experience" },
  { path: "/projects", label: "Projects" },
  { path: "/contact", label: "Contact" },
] as const;

/** The bar on top of every page: whose site it is, and where one can go. */
export function renderNavigation(name: string, current: string): Html {
  const brand = current === "/" ? undefined : html`<a class="brand" href="/">${name}</a>`;
  return html`<nav class="site" aria-label="Site">
${brand}
<ul>${PAGES.map(
    ({ path, label }) =>
      html`<li><a href="${path}"${path === current ? html` aria-current="page"` : undefined}>${label}</a></li>`,
  )}</ul>
</nav>`;
}
