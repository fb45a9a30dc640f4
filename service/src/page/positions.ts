import type { Period, Volunteer, Work } from "../resume/resume.ts";
import type { Locale } from "../words/locale.ts";
import { formatPeriod, type Html, html, join, maybeLink } from "./html.ts";
import { renderDetails, renderEntry, renderPlace } from "./items.ts";

/** The story of an employer, or of a position there; undefined where there is none. */
export type StoryOf = (employer: string | undefined, position?: string) => Html | undefined;

const noStory: StoryOf = () => undefined;

/** Renders jobs. Several in a row at one employer are one entry. */
export function renderWork(locale: Locale, work: readonly Work[], storyOf = noStory): readonly Html[] {
  return groupByEmployer(work).map(([first, ...others]) =>
    others.length === 0 ? renderJob(locale, first, storyOf) : renderEmployer(locale, [first, ...others], storyOf),
  );
}

/** Renders volunteering as jobs. */
export function renderVolunteering(
  locale: Locale,
  volunteer: readonly Volunteer[],
  storyOf = noStory,
): readonly Html[] {
  return renderWork(locale, volunteer.map(asWork), storyOf);
}

export function asWork({ organization, ...rest }: Volunteer): Work {
  return { ...rest, name: organization, location: undefined, description: undefined };
}

type Group = readonly [Work, ...Work[]];

/** Jobs in a row at one employer are a group. */
export function groupByEmployer(work: readonly Work[]): readonly Group[] {
  const groups: [Work, ...Work[]][] = [];
  for (const job of work) {
    const last = groups.at(-1);
    if (last !== undefined && job.name !== undefined && sameName(job.name, last[0].name)) {
      last.push(job);
    } else {
      groups.push([job]);
    }
  }
  return groups;
}

/** Whether two names are the same but for case and blanks. */
export function sameName(name: string, other: string | undefined): boolean {
  const key = (text = "") => text.trim().replace(/\s+/g, " ").toLocaleLowerCase("und");
  return key(name) === key(other);
}

function renderJob(locale: Locale, work: Work, storyOf: StoryOf): Html {
  const { position, name, url, location, description, summary, highlights } = work;
  const employer = url === undefined && name === undefined ? undefined : maybeLink(url, name);
  const isTitle = position === undefined;
  return renderEntry({
    when: formatPeriod(locale, work),
    title: isTitle ? employer : html`${position}`,
    place: placeOf(locale, isTitle ? undefined : employer, location),
    texts: [description, summary],
    highlights,
    story: stories(storyOf(name), position === undefined ? undefined : storyOf(name, position)),
  });
}

function stories(...parts: readonly (Html | undefined)[]): Html | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === 0 ? undefined : html`${known}`;
}

function placeOf(locale: Locale, ...parts: readonly (Html | string | undefined)[]): Html | undefined {
  const known = parts.flatMap((part) => (part === undefined ? [] : [html`${part}`]));
  return join(known, locale.words.listSeparator);
}

/** An employer with its positions. What all of them share is told once. */
function renderEmployer(locale: Locale, jobs: Group, storyOf: StoryOf): Html {
  const { name, url, location, description, period, positions } = employerOf(jobs);
  return renderEntry({
    when: formatPeriod(locale, period),
    title: maybeLink(url, name),
    place: placeOf(locale, location),
    texts: [description],
    story: storyOf(name),
    parts: positions.map((job) => renderPosition(locale, job, storyOf)),
  });
}

interface Employer extends Pick<Work, "name" | "url" | "location" | "description"> {
  readonly period: Period;
  /** The jobs without what all of them share. */
  readonly positions: readonly Work[];
}

export function employerOf(jobs: Group): Employer {
  const [{ name, url }] = jobs;
  const shared = (of: (job: Work) => string | undefined) =>
    jobs.every((job) => of(job) === of(jobs[0]) || of(job) === undefined) ? of(jobs[0]) : undefined;
  const location = shared((job) => job.location);
  const description = shared((job) => job.description);
  const positions = jobs.map((job) => ({
    ...job,
    url: job.url === url ? undefined : job.url,
    location: job.location === location ? undefined : job.location,
    description: job.description === description ? undefined : job.description,
  }));
  return { name, url, location, description, period: wholePeriod(jobs), positions };
}

function renderPosition(locale: Locale, job: Work, storyOf: StoryOf): Html {
  const { name, position, url, location, description, summary, highlights } = job;
  const title = position === undefined && url === undefined ? undefined : maybeLink(url, position);
  const when = formatPeriod(locale, job);
  return html`<div class="position">
${title && html`<h4>${title}</h4>`}
${renderPlace(placeOf(locale, when && html`<span class="when">${when}</span>`, location))}
${renderDetails({
  texts: [description, summary],
  highlights,
  story: position === undefined ? undefined : storyOf(name, position),
})}
</div>
`;
}

/** From the first start to the last end, as far as they are known. */
function wholePeriod(periods: readonly Period[]): Period {
  const starts = periods.flatMap(({ startDate }) => startDate ?? []).sort();
  const ends = periods.flatMap(({ endDate }) => endDate ?? []).sort();
  const ongoing = periods.some((period) => period.ongoing);
  return { startDate: starts[0], endDate: ongoing ? undefined : ends.at(-1), ongoing };
}
