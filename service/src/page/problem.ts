import type { ProblemView } from "../middleware/errors.ts";
import { html } from "./html.ts";
import { renderPage, type SiteParts } from "./layout.ts";

/** Renders the page of an error. */
export function renderProblemPage(site: SiteParts, problem: ProblemView): string {
  const body = html`<main id="main" class="problem">
<p class="problem-status">${problem.status}</p>
<h1>${problem.title}</h1>
<p>${problem.detail}</p>
<p><a href="/">To ${site.resume.basics.name}’s résumé</a></p>
<p class="problem-id">Request ${problem.requestId}</p>
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
