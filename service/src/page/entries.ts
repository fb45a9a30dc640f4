import type { Project, Resume, Volunteer, Work } from "../resume/resume.ts";
import { formatDate, formatPeriod } from "./dates.ts";
import { Html, html } from "./html.ts";
import { maybeLink } from "./links.ts";

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

/** How an entry stands on its page. */
export interface EntryOptions {
  /** The level of its heading. */
  readonly level?: 2 | 3;
  /** What is told about it beyond the résumé's data. */
  readonly story?: Html | undefined;
}

/** One entry of the timeline: when at the side, what beside it. */
function renderEntry(entry: Entry, { level = 3, story }: EntryOptions): Html {
  const { when, title, place, text, highlights, tags } = entry;
  const heading = new Html(`h${level}`);
  return html`<article class="entry">
<p class="when">${when}</p>
<div class="what">
<${heading} class="entry-title">${title}</${heading}>
${place === undefined ? undefined : html`<p class="place">${place}</p>`}
${text === undefined ? undefined : html`<p>${text}</p>`}
${highlights.length === 0 ? undefined : html`<ul class="points">${highlights.map((highlight) => html`<li>${highlight}</li>`)}</ul>`}
${story === undefined ? undefined : html`<div class="prose">${story}</div>`}
${renderTags(tags)}
</div>
</article>
`;
}

/** Keywords as small labels. */
export function renderTags(tags: readonly string[]): Html | undefined {
  return tags.length === 0 ? undefined : html`<ul class="tags">${tags.map((tag) => html`<li>${tag}</li>`)}</ul>`;
}

export function renderWork(work: Work, options: EntryOptions = {}): Html {
  const place = work.location === undefined ? undefined : html`, ${work.location}`;
  return renderEntry(
    {
      when: formatPeriod(work),
      title: html`${work.position ?? work.name}`,
      place: work.position === undefined ? undefined : html`${maybeLink(work.url, work.name)}${place}`,
      text: work.summary,
      highlights: work.highlights,
      tags: [],
    },
    options,
  );
}

export function renderProject(project: Project, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: formatPeriod(project),
      title: maybeLink(project.url, project.name),
      place: undefined,
      text: project.description,
      highlights: project.highlights,
      tags: project.keywords,
    },
    options,
  );
}

export function renderVolunteer(volunteer: Volunteer, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: formatPeriod(volunteer),
      title: html`${volunteer.position ?? volunteer.organization}`,
      place: volunteer.position === undefined ? undefined : maybeLink(volunteer.url, volunteer.organization),
      text: volunteer.summary,
      highlights: volunteer.highlights,
      tags: [],
    },
    options,
  );
}

export function renderPublication(publication: Publication, options: EntryOptions = {}): Html {
  return renderEntry(
    {
      when: publication.releaseDate === undefined ? undefined : formatDate(publication.releaseDate),
      title: maybeLink(publication.url, publication.name),
      place: publication.publisher === undefined ? undefined : html`${publication.publisher}`,
      text: publication.summary,
      highlights: [],
      tags: [],
    },
    options,
  );
}
