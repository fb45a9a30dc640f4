import { type Html, html } from "./html.ts";

/** A titled part of a page; left out when it has no items. */
export function section(id: string, title: string, items: readonly Html[]): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${items}
</section>
`;
}
