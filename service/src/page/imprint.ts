import type { PageText } from "../resume/stories.ts";
import { html, renderMarkdown } from "./html.ts";
import { renderPage, renderTitle, type SiteParts } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** Renders the owner's imprint. */
export function renderImprint(site: SiteParts, imprint: PageText, theme: Theme): string {
  const title = imprint.title ?? site.locale.words.imprint;
  const titled = `${title} – ${site.resume.basics.name}`;
  const body = html`${renderTitle(title, "")}
<main id="main" class="wide prose">
${renderMarkdown(imprint.text)}
</main>`;
  return renderPage(site, { path: "/imprint", kind: "website", title: titled, description: titled, theme, body });
}
