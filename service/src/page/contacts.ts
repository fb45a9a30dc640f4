import { isEmail, isWebAddress } from "../resume/fields.ts";
import type { Basics } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { formatAddress } from "./address.ts";
import { type Html, html, link } from "./html.ts";
import { phoneUrl } from "./phone.ts";
import { shortUrl } from "./short-url.ts";

/** Renders a person's address and contact data as a list. What leads nowhere is a text. */
export function renderContacts(
  locale: Locale,
  { location, email, phone, url, profiles }: Basics,
  pdfPath?: string | undefined,
): Html {
  const { words } = locale;
  const address = location === undefined ? "" : formatAddress(locale, location);
  const items: Html[] = [];
  if (address !== "") {
    items.push(contact(words.place, html`${address}`));
  }
  if (email !== undefined) {
    items.push(contact(words.email, linkOrText(isEmail(email) ? `mailto:${email}` : undefined, email)));
  }
  if (phone !== undefined) {
    items.push(contact(words.phone, linkOrText(phoneUrl(phone), phone)));
  }
  if (url !== undefined) {
    items.push(contact(words.web, isWebAddress(url) ? link(url, shortUrl(url)) : html`${url}`));
  }
  for (const profile of profiles) {
    const name = profile.username ?? (profile.url === undefined ? profile.network : shortUrl(profile.url));
    items.push(contact(profile.network ?? words.web, linkOrText(profile.url, name ?? "")));
  }
  if (pdfPath !== undefined) {
    items.push(html`<div class="on-screen"><dt>PDF</dt><dd>${link(pdfPath, "resume.pdf")}</dd></div>
`);
  }
  return html`<dl class="contacts">
${items}</dl>`;
}

function linkOrText(url: string | undefined, text: string): Html {
  return url === undefined ? html`${text}` : link(url, text);
}

function contact(term: string, detail: Html): Html {
  return html`<div><dt>${term}</dt><dd>${detail}</dd></div>
`;
}
