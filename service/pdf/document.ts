import { shortUrl } from "../src/page/short-url.ts";
import { isEmail, isWebAddress } from "../src/resume/fields.ts";
import type { Basics, Period, Resume } from "../src/resume/resume.ts";
import type { Locale } from "../src/words/locale.ts";
import { type Block, blocksOf, linked, paragraph } from "./markdown.ts";
import { clean, type Inline, isRtl, type Line, line, plain } from "./text.ts";

/** The résumé as data for resume.typ: which texts are where, and how they are marked up. */
export interface PdfDocument {
  readonly title: string;
  readonly author: string;
  /** Whether the file tells when it was made. */
  readonly dated: boolean;
  /** ISO 639. */
  readonly lang: string;
  /** ISO 3166-1 alpha-2. */
  readonly region: string | null;
  readonly rtl: boolean;
  readonly paper: "a4" | "us-letter";
  readonly name: readonly Inline[];
  readonly label: readonly Inline[] | null;
  readonly contacts: readonly Contact[];
  readonly photo: { readonly path: string; readonly alt: string } | null;
  readonly sections: readonly PdfSection[];
}

interface Contact {
  readonly nodes: readonly Inline[];
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
  readonly title: Line;
  readonly when: string | null;
  readonly place: Line | null;
  readonly blocks: readonly Block[];
  readonly tags: Line | null;
}

/** Where the photo is, for Typst. */
export type Photo = { readonly path: string } | undefined;

/** Puts a résumé's texts in the order of the home page. */
export function createDocument(
  resume: Resume,
  locale: Locale,
  { photo, dated }: { photo: Photo; dated: boolean },
): PdfDocument {
  const { basics } = resume;
  const { words } = locale;
  const name = clean(basics.name);
  const label = basics.label === undefined ? undefined : clean(basics.label);
  const period = (of: Period) => formatPeriod(locale, of);
  const date = (of: string | undefined) => (of === undefined ? undefined : locale.formatDate(of));
  const sections: readonly (readonly [string, readonly Item[]])[] = [
    [words.profile, basics.summary === undefined ? [] : [{ type: "text", blocks: blocksOf(basics.summary) }]],
    [
      words.experience,
      resume.work.map((work) =>
        entry({
          title: [work.position ?? work.name, work.position === undefined ? work.url : undefined],
          when: period(work),
          place: [work.position === undefined ? [] : [work.name, work.url], [work.location]],
          texts: [work.description, work.summary],
          points: work.highlights,
        }),
      ),
    ],
    [
      words.projects,
      resume.projects.map((project) =>
        entry({
          title: [project.name, project.url],
          when: period(project),
          place: [[project.roles.join(", ")], [project.entity], [project.type]],
          texts: [project.description],
          points: project.highlights,
          tags: project.keywords,
        }),
      ),
    ],
    [
      words.volunteering,
      resume.volunteer.map(({ organization, position, url, summary, highlights, ...of }) =>
        entry({
          title: [position ?? organization, position === undefined ? url : undefined],
          when: period(of),
          place: [position === undefined ? [] : [organization, url]],
          texts: [summary],
          points: highlights,
        }),
      ),
    ],
    [
      words.publications,
      resume.publications.map(({ name: title, url, publisher, releaseDate, summary }) =>
        entry({ title: [title, url], when: date(releaseDate), place: [[publisher]], texts: [summary] }),
      ),
    ],
    [
      words.references,
      resume.references.map(({ name: title, reference }) => entry({ title: [title], texts: [reference] })),
    ],
    [
      words.skills,
      resume.skills.map(({ name: term, level, keywords }) => ({
        type: "text",
        blocks: [paragraph(termNodes({ term, detail: level, more: keywords.join(", ") }))],
      })),
    ],
    [
      words.education,
      resume.education.map(({ studyType, area, institution, url, score, courses, ...of }) => {
        const degree = [studyType, area].filter((part) => part !== undefined).join(" ") || undefined;
        return entry({
          title: [degree ?? institution, degree === undefined ? url : undefined],
          when: period(of),
          place: [degree === undefined ? [] : [institution, url]],
          texts: [score],
          tags: courses,
        });
      }),
    ],
    [
      words.certificates,
      resume.certificates.map(({ name: title, url, issuer, date: of }) =>
        entry({ title: [title, url], when: date(of), place: [[issuer]] }),
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
      pairs(resume.interests.map(({ name: term, keywords }) => ({ term, detail: keywords.join(", ") }))),
    ],
    ...resume.sections.map(
      ({ title, entries }) =>
        [
          title,
          entries.map(({ title: of, url, date: day, text, details, ...dates }) =>
            entry({ title: [of, url], when: date(day) ?? period(dates), texts: [text], points: details }),
          ),
        ] as const,
    ),
  ];
  const { language, region } = new Intl.Locale(locale.language);
  return {
    title: label === undefined ? name : `${name} – ${label}`,
    author: name,
    dated,
    lang: language,
    region: region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null,
    rtl: locale.direction === "rtl",
    paper: resume.site.paper === "letter" ? "us-letter" : "a4",
    name: plain(basics.name),
    label: basics.label === undefined ? null : plain(basics.label),
    contacts: contacts(locale, basics),
    photo: photo === undefined ? null : { ...photo, alt: name },
    sections: sections.flatMap(([title, items]) => (items.length === 0 ? [] : [{ title: plain(title), items }])),
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
}

/** A text and the address that it leads to. */
type Linked = readonly [text?: string | undefined, url?: string | undefined];

function entry({ title, when, place = [], texts = [], points = [], tags = [] }: EntrySource): Entry {
  const list: readonly Block[] = points.length === 0 ? [] : [bulleted(points)];
  const at = joined(place);
  return {
    type: "entry",
    title: line(linkNodes(title)),
    when: when === undefined ? null : clean(when),
    place: at.length === 0 ? null : line(at),
    blocks: [...texts.flatMap((text) => (text === undefined ? [] : blocksOf(text))), ...list],
    tags: tags.length === 0 ? null : line(plain(tags.join(", "))),
  };
}

function bulleted(points: readonly string[]): Block {
  return { type: "list", items: points.map(blocksOf), rtl: isRtl(points.join(" ")) };
}

function linkNodes([text = "", url]: Linked): readonly Inline[] {
  return linked(url, plain(text));
}

function joined(parts: readonly Linked[]): readonly Inline[] {
  return parts
    .filter(([text = ""]) => text !== "")
    .flatMap((part, index) => [...(index === 0 ? [] : plain(", ")), ...linkNodes(part)]);
}

interface Pair {
  readonly term: string | undefined;
  readonly detail: string | undefined;
  readonly more?: string;
}

function termNodes({ term = "", detail = "", more = "" }: Pair): readonly Inline[] {
  const head: readonly Inline[] = term === "" ? [] : [{ type: "strong", nodes: plain(term) }];
  return [...head, ...plain(detail === "" ? "" : ` ${detail}`), ...plain(more === "" ? "" : `: ${more}`)];
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
  const town = [location?.postalCode, location?.city].filter((part) => part !== undefined).join(" ") || undefined;
  const country = location?.countryCode === undefined ? undefined : locale.countryName(location.countryCode);
  const lines: readonly Linked[] = [
    [locale.formatPlace([location?.address, town, location?.region, country])],
    [email, email !== undefined && isEmail(email) ? `mailto:${email}` : undefined],
    [phone, `tel:${phone?.replace(/[^+\d]/g, "")}`],
    [url === undefined ? undefined : shortUrl(url), url !== undefined && isWebAddress(url) ? url : undefined],
    ...profiles.map((profile): Linked => {
      const { network, username } = profile;
      const shown = [network, username ?? (profile.url === undefined ? undefined : shortUrl(profile.url))];
      return [shown.filter((part) => part !== undefined).join(": "), profile.url];
    }),
  ];
  return lines
    .filter(([text = ""]) => text !== "")
    .map((of) => ({ nodes: linkNodes(of), short: (of[0]?.length ?? 0) < longestContact }));
}

const longestContact = 60;
