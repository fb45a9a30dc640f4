import type { Education, Project, Resume, SectionEntry, Skill } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { fill } from "../words/words.ts";
import { formatDate, formatPeriod, Html, html, join, maybeLink, renderInline, renderText } from "./html.ts";
import { withoutBullet } from "./markdown.ts";

type Publication = Resume["publications"][number];
type Reference = Resume["references"][number];
type Certificate = Resume["certificates"][number];
type Award = Resume["awards"][number];

/** What an entry says below its title. */
interface Details {
  /** Markdown. */
  readonly texts?: readonly (string | undefined)[];
  /** Markdown. */
  readonly highlights?: readonly string[];
  /** Text about the entry beyond the résumé's data. */
  readonly story?: Html | undefined;
  readonly tags?: readonly string[];
}

/** An entry of the timeline. */
interface Entry extends Details {
  readonly when: Html | undefined;
  readonly title: Html | undefined;
  readonly place?: Html | undefined;
  /** What belongs to the entry after its details. */
  readonly parts?: readonly Html[];
}

/** How an entry is rendered on its page. */
export interface EntryOptions {
  /** Heading level. */
  readonly level?: 2 | 3;
  readonly story?: Html | undefined;
}

/** Renders an entry of the timeline: the dates at the side, the rest beside them. */
export function renderEntry(entry: Entry, level: 2 | 3 = 3): Html {
  const { when, title, place, parts } = entry;
  const heading = new Html(`h${level}`);
  return html`<article class="entry">
<p class="when">${when}</p>
<div class="what">
${title && html`<${heading} class="entry-title">${title}</${heading}>`}
${renderPlace(place)}
${renderDetails(entry)}
${parts}
</div>
</article>
`;
}

export function renderPlace(place: Html | undefined): Html | undefined {
  return place && html`<p class="place">${place}</p>`;
}

export function renderDetails({ texts = [], highlights = [], story, tags = [] }: Details): Html {
  return html`${texts.map((text) => text && html`<div class="prose">${renderText(text)}</div>`)}
${highlights.length === 0 ? undefined : html`<ul class="points">${highlights.map(renderHighlight)}</ul>`}
${story && html`<div class="prose">${story}</div>`}
${renderTags(tags)}`;
}

function renderHighlight(highlight: string): Html {
  return html`<li>${renderInline(withoutBullet(highlight))}</li>`;
}

/** Renders keywords as small labels. */
export function renderTags(tags: readonly string[]): Html | undefined {
  return tags.length === 0 ? undefined : html`<ul class="tags">${tags.map((tag) => html`<li>${tag}</li>`)}</ul>`;
}

/** Texts in a line, each with its link. */
function line(locale: Locale, ...parts: readonly (Html | string | undefined)[]): Html | undefined {
  const known = parts.flatMap((part) => (typeof part === "string" ? html`${part}` : (part ?? [])));
  return join(
    known.filter(({ text }) => text !== ""),
    locale.words.listSeparator,
  );
}

export function renderProject(locale: Locale, project: Project, { level, story }: EntryOptions = {}): Html {
  const { name, url, roles, entity, type, description, highlights, keywords } = project;
  return renderEntry(
    {
      when: formatPeriod(locale, project),
      title: titleOf(url, name),
      place: line(locale, ...roles, entity, type),
      texts: [description],
      highlights,
      tags: keywords,
      story,
    },
    level,
  );
}

function titleOf(url: string | undefined, text: string | undefined): Html | undefined {
  return url === undefined && text === undefined ? undefined : maybeLink(url, text);
}

export function renderPublication(locale: Locale, publication: Publication): Html {
  const { name, url, publisher, releaseDate, summary } = publication;
  return renderEntry({
    when: maybeDate(locale, releaseDate),
    title: titleOf(url, name),
    place: line(locale, publisher),
    texts: [summary],
  });
}

/** Renders an entry of a section of the owner's own. */
export function renderSectionEntry(locale: Locale, entry: SectionEntry): Html {
  const { title, url, date, text, details } = entry;
  return renderEntry({
    when: join(
      [maybeDate(locale, date), formatPeriod(locale, entry)].filter((part) => part !== undefined),
      locale.words.listSeparator,
    ),
    title: titleOf(url, title),
    texts: [text],
    highlights: details,
  });
}

function maybeDate(locale: Locale, date: string | undefined): Html | undefined {
  return date === undefined ? undefined : formatDate(locale, date);
}

export function renderReference({ name, reference }: Reference): Html {
  const quote = reference && html`<blockquote class="prose">${renderText(reference)}</blockquote>`;
  return html`<figure>${quote}${name && html`<figcaption>${name}</figcaption>`}</figure>
`;
}

/** An entry beside the timeline. */
interface Fact {
  readonly title: Html | undefined;
  readonly place?: Html | undefined;
  readonly when?: Html | undefined;
  readonly more?: readonly (Html | undefined)[];
}

function renderFact({ title, place, when, more = [] }: Fact): Html {
  return html`<div class="fact">
${title && html`<h3>${title}</h3>`}
${renderPlace(place)}
${when && html`<p class="when">${when}</p>`}
${more}
</div>
`;
}

export function renderSkill({ name, level, keywords }: Skill): Html {
  const grade = level && html` <span class="level">${level}</span>`;
  const title = name === undefined && grade === undefined ? undefined : html`<h3>${name}${grade}</h3>`;
  return html`<div class="skill">${title}${renderTags(keywords)}</div>
`;
}

export function renderEducation(locale: Locale, education: Education): Html {
  const { studyType, area, institution, url, score, courses } = education;
  const degree = [studyType, area].filter((part) => part !== undefined).join(" ") || undefined;
  const at = titleOf(url, institution);
  return renderFact({
    title: degree === undefined ? at : html`${degree}`,
    place: degree === undefined ? undefined : at,
    when: formatPeriod(locale, education),
    more: [
      score && html`<p class="small">${fill(locale.words, "grade", { grade: score })}</p>`,
      courses.length === 0 ? undefined : html`<p class="small">${courses.join(locale.words.listSeparator)}</p>`,
    ].filter((part) => part instanceof Html),
  });
}

export function renderCertificate(locale: Locale, { name, date, issuer, url }: Certificate): Html {
  return renderFact({ title: titleOf(url, name), place: line(locale, issuer), when: maybeDate(locale, date) });
}

export function renderAward(locale: Locale, { title, date, awarder, summary }: Award): Html {
  return renderFact({
    title: titleOf(undefined, title),
    place: line(locale, awarder),
    when: maybeDate(locale, date),
    more: summary === undefined ? [] : [html`<div class="small prose">${renderText(summary)}</div>`],
  });
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
        html`<li>${term && html`<strong>${term}</strong>`}${detail && html` <span>${detail}</span>`}</li>`,
    )}</ul>`,
  ];
}
