import { html } from "./html.ts";
import { renderPage, type SiteParts } from "./layout.ts";
import type { Theme } from "./theme.ts";

/** What follows a message that is stored. */
export function renderThanks(site: SiteParts, theme: Theme): string {
  const { name } = site.resume.basics;
  const body = html`<main id="main" class="problem">
<p class="problem-status">Sent</p>
<h1>Thank you</h1>
<p>Your message is stored and waits for ${name}. The answer comes by e-mail.</p>
<p><a href="/">Back to the résumé</a></p>
</main>`;
  return renderPage(site, {
    path: undefined,
    kind: "website",
    title: `Thank you – ${name}`,
    description: `A message to ${name} was sent.`,
    theme,
    body,
  });
}
