import type { Basics } from "../resume/resume.ts";
import { type Html, html } from "./html.ts";
import { link, shortUrl } from "./links.ts";

/** Where a person is and how they are reached, as a list of terms. */
export function renderContacts({ location, email, phone, url, profiles }: Basics): Html {
  const place = [location?.city, location?.region, location?.countryCode].filter((part) => part !== undefined);
  const items: Html[] = [];
  if (place.length > 0) items.push(contact("Place", html`${place.join(", ")}`));
  if (email !== undefined) items.push(contact("E-mail", link(`mailto:${email}`, email)));
  if (phone !== undefined) items.push(contact("Phone", link(`tel:${phone.replace(/[^+\d]/g, "")}`, phone)));
  if (url !== undefined) items.push(contact("Web", link(url, shortUrl(url))));
  for (const profile of profiles) {
    const name = profile.username ?? profile.network;
    items.push(contact(profile.network, profile.url === undefined ? html`${name}` : link(profile.url, name)));
  }
  return html`<dl class="contacts">
${items}</dl>`;
}

function contact(term: string, detail: Html): Html {
  return html`<div><dt>${term}</dt><dd>${detail}</dd></div>
`;
}
