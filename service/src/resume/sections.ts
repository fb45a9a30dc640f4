import { type Fields, isRecord, isWebAddress } from "./fields.ts";
import { type Period, readPeriod } from "./period.ts";

/** A section of the owner's own, which the schema does not know. */
export interface Section {
  readonly title: string;
  readonly entries: readonly SectionEntry[];
}

export interface SectionEntry extends Period {
  readonly title: string;
  readonly date: string | undefined;
  readonly url: string | undefined;
  readonly text: string | undefined;
  /** All other texts of the entry. */
  readonly details: readonly string[];
}

/** Whether a value of resume.json is a section: a list of texts, or of objects with a name or title. */
export function isSection(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (item) => item === undefined || typeof item === "string" || (isRecord(item) && titleOf(item) !== undefined),
    )
  );
}

function titleOf(entry: Readonly<Record<string, unknown>>): unknown {
  return [entry.title, entry.name].find((title) => typeof title === "string");
}

/** Reads a section; isSection must have accepted it. */
export function readSection(resume: Fields, name: string): Section {
  return { title: titleFrom(name), entries: resume.list(name, ["title", "name"], readEntry) };
}

function readEntry(fields: Fields): SectionEntry {
  const title = fields.optionalText("title") ?? fields.text("name");
  const date = fields.optionalDate("date") ?? fields.optionalDate("releaseDate");
  const period = readPeriod(fields, "begun");
  const url = fields.optionalUrl("url", "text");
  const texts = [fields.optionalText("summary"), fields.optionalText("description")].filter(
    (text) => text !== undefined,
  );
  const isAddress = url !== undefined && isWebAddress(url);
  const details = fields.unread().flatMap(([name, value]) => {
    const isNested = isRecord(value) || (Array.isArray(value) && value.some((item) => typeof item === "object"));
    return isNested ? [] : fields.anyTexts(name);
  });
  return {
    title,
    date,
    ...period,
    url: isAddress ? url : undefined,
    text: texts.length === 0 ? undefined : texts.join("\n\n"),
    details: isAddress || url === undefined ? details : [url, ...details],
  };
}

/** "sideProjects" and "side_projects" as "Side projects". */
function titleFrom(name: string): string {
  const words = name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, (_match, end: string, start: string) => `${end} ${start.toLowerCase()}`)
    .replaceAll(/[\s_-]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
