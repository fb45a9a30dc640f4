import type { ProblemView } from "../middleware/errors.ts";
import { fill } from "../words/words.ts";
import { html } from "./html.ts";
import { renderPage, type SiteParts } from "./layout.ts";

/** Renders the page of an error. */
export function renderProblemPage(site: SiteParts, problem: ProblemView): string {
  const { words } = site.locale;
  const body = html`<main id="main" class="problem">
<p class="problem-status">${problem.status}</p>
<h1>${problem.title}</h1>
<p>${problem.detail}</p>
<p><a href="${site.prefix}/">${fill(words, "toResumeOf", { name: site.resume.basics.name })}</a></p>
<p class="problem-id">${fill(words, "requestId", { id: problem.requestId })}</p>
</main>`;
  const title = `${problem.status} ${problem.title}`;
  return renderPage(site, {
    path: undefined,
    kind: "website",
    title,
    description: problem.detail,
    theme: "system",
    body,
  });
}
