import type { Period, Resume } from "./resume.ts";

/** Figures about a résumé, for badges and search. */
export interface ResumeSummary {
  readonly name: string;
  readonly label: string | undefined;
  /** Years of work until today, to a tenth. Overlapping jobs count once. */
  readonly yearsOfWork: number;
  readonly positions: number;
  readonly projects: number;
  readonly languages: readonly string[];
  /** Keywords of skills and projects with the number of mentions in all texts, most frequent first. */
  readonly topics: readonly Topic[];
  /** ISO date and time. */
  readonly madeAt: string;
}

export interface Topic {
  readonly name: string;
  readonly mentions: number;
}

export function summarize(resume: Resume, now: Date): ResumeSummary {
  return {
    name: resume.basics.name,
    label: resume.basics.label,
    yearsOfWork: Math.round(yearsCovered(resume.work, now) * 10) / 10,
    positions: resume.work.length,
    projects: resume.projects.length,
    languages: resume.languages.flatMap(({ language }) => language ?? []),
    topics: countTopics(resume),
    madeAt: now.toISOString(),
  };
}

/** Validates a summary from the cache. */
export function isResumeSummary(value: unknown): value is ResumeSummary {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "yearsOfWork" in value &&
    typeof value.yearsOfWork === "number" &&
    "topics" in value &&
    Array.isArray(value.topics) &&
    "madeAt" in value &&
    typeof value.madeAt === "string"
  );
}

const yearMs = 365.2425 * 24 * 60 * 60 * 1000;

/** Returns the union of the periods, in years. */
function yearsCovered(periods: readonly Period[], now: Date): number {
  const spans = periods
    .flatMap(({ startDate, endDate, ongoing }) =>
      startDate === undefined
        ? []
        : [{ start: startOf(startDate), end: ongoing ? now.getTime() : endOf(endDate ?? startDate) }],
    )
    .sort((a, b) => a.start - b.start);

  let covered = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of spans) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered / yearMs;
}

function startOf(date: string): number {
  return Date.parse(date);
}

/** The end of the day, month or year that a date names. */
function endOf(date: string): number {
  const [year = 0, month, day] = date.split("-").map(Number);
  if (month === undefined) {
    return Date.UTC(year + 1, 0, 1);
  }
  if (day === undefined) {
    return Date.UTC(year, month, 1);
  }
  return Date.UTC(year, month - 1, day + 1);
}

function countTopics(resume: Resume): readonly Topic[] {
  const names = new Map<string, string>();
  for (const { keywords } of [...resume.skills, ...resume.projects]) {
    for (const keyword of keywords) {
      names.set(keyword.toLowerCase(), keyword);
    }
  }
  const text = allTexts(resume).join("\n").toLowerCase();
  return [...names]
    .map(([key, name]) => ({ name, mentions: countMentions(text, key) }))
    .sort((a, b) => b.mentions - a.mentions || a.name.localeCompare(b.name));
}

/** Every text of the résumé, of any depth. */
function allTexts(value: unknown): readonly string[] {
  if (typeof value === "string") {
    return [value];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.values(value).flatMap(allTexts);
}

const letter = /[\p{L}\p{N}]/u;

/** Counts a phrase in a text, as whole words only. */
function countMentions(text: string, phrase: string): number {
  let mentions = 0;
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) {
    const before = text[at - 1] ?? "";
    const after = text[at + phrase.length] ?? "";
    if (!letter.test(before) && !letter.test(after)) {
      mentions += 1;
    }
  }
  return mentions;
}
