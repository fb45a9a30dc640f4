import { formatAddress } from "../src/page/address.ts";
import { withoutBullet } from "../src/page/markdown.ts";
import { phoneUrl } from "../src/page/phone.ts";
import { asWork, employerOf, groupByEmployer } from "../src/page/positions.ts";
import { shortUrl } from "../src/page/short-url.ts";
import { isEmail } from "../src/resume/fields.ts";
import type { Basics, Period, Resume, Work } from "../src/resume/resume.ts";
import type { Locale } from "../src/words/locale.ts";
import { fill } from "../src/words/words.ts";
import { type Block, blocksOf, linked, listItem, paragraph } from "./markdown.ts";
import { clean, type Inline, isRtl, type Line, line, plain } from "./text.ts";

/** The résumé as data for resume.typ: which texts are where, and how they are marked up. */
export interface PdfDocument {
  readonly title: string;
  readonly author: string;
  /** ISO 639. */
  readonly lang: string;
  /** ISO 3166-1 alpha-2. */
  readonly region: string | null;
  readonly rtl: boolean;
  /** Of the type's size. */
  readonly scale: number;
  readonly paper: "a4" | "us-letter";
  readonly name: readonly Inline[];
  readonly label: readonly Inline[] | null;
  readonly contacts: readonly Contact[];
  readonly photo: { readonly path: string; readonly alt: string; readonly ratio: number } | null;
  readonly sections: readonly PdfSection[];
}

interface Contact extends Line {
  /** Whether it fits into a line, and is not to be parted. */
  readonly short: boolean;
}

interface PdfSection {
  readonly title: readonly Inline[];
  readonly items: readonly Item[];
}

type Item = Entry | { readonly type: "text"; readonly blocks: readonly Block[] };

interface Entry {
  readonly type: "entry";
  readonly title: Line | null;
  /** Beside the title; without a title it is a part of the place. */
  readonly when: string | null;
  readonly place: Line | null;
  readonly blocks: readonly Block[];
  readonly tags: Line | null;
  readonly parts: readonly Entry[];
}

export interface Photo {
  readonly jpeg: Buffer;
  /** Its width divided by its height. */
  readonly ratio: number;
}

/** Puts a résumé's texts in the order of the home page. */
export function createDocument(
  resume: Resume,
  locale: Locale,
  { scale, photo }: { readonly scale: number; readonly photo: Photo | undefined },
): PdfDocument {
  const { basics } = resume;
  const name = clean(basics.name);
  const label = basics.label === undefined ? undefined : clean(basics.label);
  const { language, region } = new Intl.Locale(locale.language);
  return {
    title: label === undefined ? name : `${name} – ${label}`,
    author: name,
    lang: language,
    region: region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null,
    rtl: locale.direction === "rtl",
    scale,
    paper: resume.site.paper === "letter" ? "us-letter" : "a4",
    name: plain(basics.name),
    label: basics.label === undefined ? null : plain(basics.label),
    contacts: contacts(locale, basics),
    photo: photo === undefined ? null : { path: "photo.jpg", alt: name, ratio: photo.ratio },
    sections: sections(resume, locale).flatMap(([title, items]) =>
      items.length === 0 ? [] : [{ title: plain(title), items }],
    ),
  };
}

function sections(resume: Resume, locale: Locale): readonly (readonly [title: string, items: readonly Item[]])[] {
  const { words } = locale;
  const { basics } = resume;
  const entry = (source: EntrySource) => createEntry(locale, source);
  const date = (of: string | undefined) => (of === undefined ? undefined : locale.formatDate(of));
  return [
    [words.profile, basics.summary === undefined ? [] : [{ type: "text", blocks: blocksOf(basics.summary) }]],
    [words.experience, jobs(locale, resume.work)],
    [
      words.projects,
      resume.projects.map(({ name, url, roles, entity, type, description, highlights, keywords, ...period }) =>
        entry({
          title: [name, url],
          when: formatPeriod(locale, period),
          place: [...roles.map((role): Linked => [role]), [entity], [type]],
          texts: [description],
          points: highlights,
          tags: keywords,
        }),
      ),
    ],
    [words.volunteering, jobs(locale, resume.volunteer.map(asWork))],
    [
      words.publications,
      resume.publications.map(({ name, url, publisher, releaseDate, summary }) =>
        entry({ title: [name, url], when: date(releaseDate), place: [[publisher]], texts: [summary] }),
      ),
    ],
    ...resume.sections.map(({ title, entries }): readonly [string, readonly Item[]] => [
      title,
      entries.map(({ title: of, url, date: day, text, details, ...period }) => {
        const when = [date(day), formatPeriod(locale, period)].filter((part) => part !== undefined);
        return entry({ title: [of, url], when: when.join(words.listSeparator), texts: [text], points: details });
      }),
    ]),
    [words.references, resume.references.map(({ name, reference }) => entry({ title: [name], texts: [reference] }))],
    [
      words.skills,
      resume.skills.map(({ name, level, keywords }) => {
        const term = termNodes({ term: name, detail: level });
        const details = plain(keywords.join(words.listSeparator));
        const between = term.length > 0 && details.length > 0 ? plain(": ") : [];
        return { type: "text", blocks: [paragraph([...term, ...between, ...details])] };
      }),
    ],
    [
      words.education,
      resume.education.map(({ studyType, area, institution, url, score, courses, ...period }) => {
        const degree = [studyType, area].filter((part) => part !== undefined).join(" ") || undefined;
        return entry({
          title: degree === undefined ? [institution, url] : [degree],
          when: formatPeriod(locale, period),
          place: degree === undefined ? [] : [[institution, url]],
          tags: [...(score === undefined ? [] : [fill(words, "grade", { grade: score })]), ...courses],
        });
      }),
    ],
    [
      words.certificates,
      resume.certificates.map(({ name, url, issuer, date: of }) =>
        entry({ title: [name, url], when: date(of), place: [[issuer]] }),
      ),
    ],
    [
      words.awards,
      resume.awards.map(({ title, awarder, date: of, summary }) =>
        entry({ title: [title], when: date(of), place: [[awarder]], texts: [summary] }),
      ),
    ],
    [words.languages, pairs(resume.languages.map(({ language, fluency }) => ({ term: language, detail: fluency })))],
    [
      words.interests,
      pairs(resume.interests.map(({ name, keywords }) => ({ term: name, detail: keywords.join(words.listSeparator) }))),
    ],
  ];
}

/** Several jobs in a row at one employer are one entry. */
function jobs(locale: Locale, work: readonly Work[]): readonly Entry[] {
  return groupByEmployer(work).map((group) => {
    const [job, ...others] = group;
    if (others.length === 0) {
      return createEntry(locale, positionOf(locale, job, [job.name, job.url]));
    }
    const { name, url, location, description, period, positions } = employerOf(group);
    const parts = positions.map((position) => positionOf(locale, position, []));
    return createEntry(locale, {
      title: [name, url],
      when: formatPeriod(locale, period),
      place: [[location]],
      texts: [description],
      parts,
    });
  });
}

/** @param employer with its address, where the entry above does not name it */
function positionOf(locale: Locale, job: Work, employer: Linked): EntrySource {
  const { position, location, description, summary, highlights, url } = job;
  return {
    title: position === undefined ? employer : [position, employer.length === 0 ? url : undefined],
    when: formatPeriod(locale, job),
    place: [position === undefined ? [] : employer, [location]],
    texts: [description, summary],
    points: highlights,
  };
}

interface EntrySource {
  readonly title: Linked;
  readonly when?: string | undefined;
  readonly place?: readonly Linked[];
  /** Markdown. */
  readonly texts?: readonly (string | undefined)[];
  /** Markdown. */
  readonly points?: readonly string[];
  readonly tags?: readonly string[];
  readonly parts?: readonly EntrySource[];
}

/** A text and the address that it leads to. A text that is missing is the address itself. */
type Linked = readonly [text?: string | undefined, url?: string | undefined];

function createEntry(locale: Locale, source: EntrySource): Entry {
  const { when = "", place = [], texts = [], points = [], tags = [], parts = [] } = source;
  const { listSeparator } = locale.words;
  const title = linkNodes(source.title);
  const list: readonly Block[] = points.length === 0 ? [] : [bulleted(points)];
  return {
    type: "entry",
    title: lineOrNull(title),
    when: title.length === 0 || when === "" ? null : clean(when),
    place: lineOrNull(joined(title.length === 0 ? [[when], ...place] : place, listSeparator)),
    blocks: [...texts.flatMap((text) => (text === undefined ? [] : blocksOf(text))), ...list],
    tags: lineOrNull(plain(tags.join(listSeparator))),
    parts: parts.map((part) => createEntry(locale, part)),
  };
}

function lineOrNull(nodes: readonly Inline[]): Line | null {
  return nodes.length === 0 ? null : line(nodes);
}

function bulleted(points: readonly string[]): Block {
  return { type: "list", items: points.map((point) => listItem(withoutBullet(point))), rtl: isRtl(points.join(" ")) };
}

function linkNodes([text, url]: Linked): readonly Inline[] {
  return linked(url, plain(text ?? (url === undefined ? "" : shortUrl(url))));
}

function joined(parts: readonly Linked[], separator: string): readonly Inline[] {
  return parts
    .map(linkNodes)
    .filter((nodes) => nodes.length > 0)
    .flatMap((nodes, index) => [...(index === 0 ? [] : plain(separator)), ...nodes]);
}

interface Pair {
  readonly term: string | undefined;
  readonly detail: string | undefined;
}

function termNodes({ term = "", detail = "" }: Pair): readonly Inline[] {
  const head: readonly Inline[] = term === "" ? [] : [{ type: "strong", nodes: plain(term) }];
  return [...head, ...plain(term === "" || detail === "" ? detail : ` ${detail}`)];
}

/** Terms with a short detail each, one after the other. */
function pairs(list: readonly Pair[]): readonly Item[] {
  const nodes = list.flatMap((pair, index) => [...(index === 0 ? [] : plain(" · ")), ...termNodes(pair)]);
  return nodes.length === 0 ? [] : [{ type: "text", blocks: [paragraph(nodes)] }];
}

/** "Mar 2021 – today"; the date alone where a period starts and ends on it. */
function formatPeriod({ words, formatDate }: Locale, { startDate, endDate, ongoing }: Period): string | undefined {
  const dates = [startDate, endDate].flatMap((date) => (date === undefined ? [] : [formatDate(date)]));
  const ends = ongoing ? [...dates, words.today] : dates;
  return ends.length === 0 ? undefined : [...new Set(ends)].join(" – ");
}

function contacts(locale: Locale, { location, email, phone, url, profiles }: Basics): readonly Contact[] {
  const lines: readonly Linked[] = [
    [location === undefined ? "" : formatAddress(locale, location)],
    email === undefined ? [] : [email, isEmail(email) ? `mailto:${email}` : undefined],
    phone === undefined ? [] : [phone, phoneUrl(phone)],
    url === undefined ? [] : [shortUrl(url), url],
    ...profiles.map((profile): Linked => {
      const shown = [profile.network, profile.username ?? (profile.url && shortUrl(profile.url))];
      return [shown.filter((part) => part !== undefined).join(": "), profile.url];
    }),
  ];
  return lines
    .filter(([text = ""]) => text !== "")
    .map((of) => ({
      nodes: linkNodes(of),
      // A telephone number has no letter, and runs from left to right.
      rtl: isRtl(of[0] ?? "") ?? false,
      short: (of[0]?.length ?? 0) < longestContact,
    }));
}

const longestContact = 60;
