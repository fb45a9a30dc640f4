import { type Html, html } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";

/** The head of a page that isn't the home page: its title, and an introduction in Markdown. */
export function renderTitle(title: string, intro: string): Html {
  return html`<header class="title">
<h1>${title}</h1>
${intro === "" ? undefined : html`<div class="intro prose">${renderMarkdown(intro, 1)}</div>`}
</header>`;
}
