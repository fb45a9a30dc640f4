import type { ProblemView } from "../middleware/errors.ts";
import type { Resume } from "../resume/resume.ts";
import type { Assets } from "./assets.ts";
import { html } from "./html.ts";
import { renderPage } from "./layout.ts";

/** The small page of an answer that isn't what was asked for. */
export function renderProblemPage(problem: ProblemView, resume: Resume, assets: Assets): string {
  const body = html`<main class="problem">
<p class="problem-status">${problem.status}</p>
<h1>${problem.title}</h1>
<p>${problem.detail}</p>
<p><a href="/">To ${resume.basics.name}’s résumé</a></p>
<p class="problem-id">Request ${problem.requestId}</p>
</main>`;
  const title = `${problem.status} ${problem.title}`;
  return renderPage({ title, description: undefined, theme: "system", body }, assets);
}
