import { type Html, html } from "./html.ts";

export function link(url: string, text: string): Html {
  return html`<a href="${url}">${text}</a>`;
}

/** A link when there is an address, the text alone otherwise. */
export function maybeLink(url: string | undefined, text: string): Html {
  return url === undefined ? html`${text}` : link(url, text);
}

/** "https://example.com/" as "example.com". */
export function shortUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
