import { isEmail, isWebAddress } from "../resume/fields.ts";
import type { Basics, Education, Project, Resume, Skill, Volunteer, Work } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { formatDate, formatPeriod, Html, html, link, maybeLink, shortUrl } from "./html.ts";

type Publication = Resume["publications"][number];

/** An entry of the timeline. */
interface Entry {
  readonly when: Html | undefined;
  readonly title: Html;
  readonly place: Html | undefined;
  readonly text: string | undefined;
  readonly highlights: readonly string[];
  readonly tags: readonly string[];
}

/** How an entry is rendered on its page. */
export interface EntryOptions {
  /** Heading level. */
  readonly level?: 2 | 3;
  /** Text about the entry beyond the résumé's data. */
  readonly story?: Html | undefined;
}

/** Renders an entry of the timeline: the dates at the side, the rest beside them. */
function renderEntry(entry: Entry, { level = 3, story }: EntryOptions): Html {
  const { when, title, place, text, highlights, tags } = entry;
  const heading = new Html(`h${level}`);
  return html`<article class="entry">
<p class="when">${when}</p>
<div class="what">
${title.text === "" ? undefined : html`<${heading} class="entry-title">${title}</${heading}>`}
${place === undefined ? undefined : html`<p class="place">${place}</p>`}
${text === undefined ? undefined : html`<p>${text}</p>`}
${highlights.length === 0 ? undefined : html`<ul class="points">${highlights.map((highlight) => html`<li>${highlight}</li>`)}</ul>`}
${story === undefined ? undefined : html`<div class="prose">${story}</div>`}
${renderTags(tags)}
</div>
</article>
`;
}

/** Renders keywords as small labels. */
export function renderTags(tags: readonly string[]): Html | undefined {
  return tags.length === 0 ? undefined : html`<ul class="tags">${tags.map((tag) => html`<li>${tag}</li>`)}</ul>`;
}

export function renderWork(locale: Locale, work: Work, options: EntryOptions = {}): Html {
  const place = work.location === undefined ? undefined : html`, ${work.location}`;
  return renderEntry(
    {
      when: formatPeriod(locale, work),
      title: html`${work.position ?? work.name}`,
      place: work.position === undefined ? undefined : html`${maybeLink(work.url, work.name)}${place}`,
      text: work.summary,
      highlights: work.highlights,
      tags: [],
    },
    options,
  );
}

export function renderProject(locale: Locale, project: Project, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: formatPeriod(locale, project),
      title: maybeLink(project.url, project.name),
      place: undefined,
      text: project.description,
      highlights: project.highlights,
      tags: project.keywords,
    },
    options,
  );
}

export function renderVolunteer(locale: Locale, volunteer: Volunteer, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: formatPeriod(locale, volunteer),
      title: html`${volunteer.position ?? volunteer.organization}`,
      place: volunteer.position === undefined ? undefined : maybeLink(volunteer.url, volunteer.organization),
      text: volunteer.summary,
      highlights: volunteer.highlights,
      tags: [],
    },
    options,
  );
}

export function renderPublication(locale: Locale, publication: Publication, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: publication.releaseDate === undefined ? undefined : formatDate(locale, publication.releaseDate),
      title: maybeLink(publication.url, publication.name),
      place: publication.publisher === undefined ? undefined : html`${publication.publisher}`,
      text: publication.summary,
      highlights: [],
      tags: [],
    },
    options,
  );
}

type Reference = Resume["references"][number];
type Certificate = Resume["certificates"][number];
type Award = Resume["awards"][number];

export function renderReference({ name, reference }: Reference): Html {
  const quote = reference === undefined ? undefined : html`<blockquote>${reference}</blockquote>`;
  return html`<figure>${quote}<figcaption>${name}</figcaption></figure>
`;
}

function renderName(name: Html): Html | undefined {
  return name.text === "" ? undefined : html`<h3>${name}</h3>`;
}

export function renderSkill({ name, level, keywords }: Skill): Html {
  const grade = level === undefined ? undefined : html` <span class="level">${level}</span>`;
  return html`<div class="skill">${renderName(html`${name}${grade}`)}${renderTags(keywords)}</div>
`;
}

export function renderEducation(locale: Locale, education: Education): Html {
  const degree = [education.studyType, education.area].filter((part) => part !== undefined).join(" ");
  const details = [education.score, ...education.courses].filter((part) => part !== undefined);
  return html`<div class="fact">
${renderName(html`${degree === "" ? education.institution : degree}`)}
${degree === "" ? undefined : html`<p class="place">${maybeLink(education.url, education.institution)}</p>`}
<p class="when">${formatPeriod(locale, education)}</p>
${details.length === 0 ? undefined : html`<p class="small">${details.join(locale.words.listSeparator)}</p>`}
</div>
`;
}

export function renderCertificate(locale: Locale, { name, date, issuer, url }: Certificate): Html {
  return html`<div class="fact">
${renderName(maybeLink(url, name))}
${issuer === undefined ? undefined : html`<p class="place">${issuer}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(locale, date)}</p>`}
</div>
`;
}

export function renderAward(locale: Locale, { title, date, awarder, summary }: Award): Html {
  return html`<div class="fact">
${renderName(html`${title}`)}
${awarder === undefined ? undefined : html`<p class="place">${awarder}</p>`}
${date === undefined ? undefined : html`<p class="when">${formatDate(locale, date)}</p>`}
${summary === undefined ? undefined : html`<p class="small">${summary}</p>`}
</div>
`;
}

export interface Pair {
  readonly term: string | undefined;
  readonly detail: string | undefined;
}

/** Renders terms with a short detail each, as one list. */
export function renderPairs(pairs: readonly Pair[]): readonly Html[] {
  if (pairs.length === 0) {
    return [];
  }
  return [
    html`<ul class="pairs">${pairs.map(
      ({ term, detail }) =>
        html`<li>${term === undefined ? undefined : html`<strong>${term}</strong>`}${detail === undefined ? undefined : html` <span>${detail}</span>`}</li>`,
    )}</ul>`,
  ];
}

/** Renders a person's place and contact data as a list. */
export function renderContacts(
  locale: Locale,
  { location, email, phone, url, profiles }: Basics,
  pdfPath?: string | undefined,
): Html {
  const { words } = locale;
  const country = location?.countryCode === undefined ? undefined : locale.countryName(location.countryCode);
  const place = locale.formatPlace([location?.city, location?.region, country]);
  const items: Html[] = [];
  if (place !== "") {
    items.push(contact(words.place, html`${place}`));
  }
  if (email !== undefined) {
    items.push(contact(words.email, isEmail(email) ? link(`mailto:${email}`, email) : html`${email}`));
  }
  if (phone !== undefined) {
    items.push(contact(words.phone, link(`tel:${phone.replace(/[^+\d]/g, "")}`, phone)));
  }
  if (url !== undefined) {
    items.push(contact(words.web, maybeLink(isWebAddress(url) ? url : undefined, shortUrl(url))));
  }
  for (const profile of profiles) {
    const name = profile.username ?? profile.network ?? shortUrl(profile.url ?? "");
    items.push(
      contact(profile.network ?? words.web, profile.url === undefined ? html`${name}` : link(profile.url, name)),
    );
  }
  if (pdfPath !== undefined) {
    items.push(html`<div class="on-screen"><dt>PDF</dt><dd>${link(pdfPath, "resume.pdf")}</dd></div>
`);
  }
  return html`<dl class="contacts">
${items}</dl>`;
}

function contact(term: string, detail: Html): Html {
  return html`<div><dt>${term}</dt><dd>${detail}</dd></div>
`;
}
