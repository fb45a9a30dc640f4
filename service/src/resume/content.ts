import { ContentError, faultLines } from "../content.ts";
import type { Locale } from "../words/locale.ts";
import { loadLocale, wordsFile } from "../words/own-words.ts";
import { loadResume, type Resume } from "./resume.ts";
import { loadStory, type Story, storyName } from "./stories.ts";

/** What the owner writes: the files in content/. */
export interface Content {
  /** What the pages show. */
  readonly resume: Resume;
  /** What the PDF shows. */
  readonly pdfResume: Resume;
  /** How the site speaks: in the résumé's language. */
  readonly locale: Locale;
  /** What the pages show as JSON, for /resume.json. */
  readonly published: unknown;
  /** What the owner may want to change, a line each: `file:field: sentence`. */
  readonly warnings: readonly string[];
  readonly experience: Story;
  readonly projects: Story;
  readonly contact: Story;
}

/** The names that a job's story can have. */
function namesOfJobs(jobs: readonly (readonly [string | undefined, string | undefined])[]): readonly string[] {
  return jobs.flatMap(([employer, position]) => [
    ...new Set([storyName(employer) ?? [], storyName(employer, position) ?? []].flat()),
  ]);
}

/** A fault that hides the names of entries. */
const hidesNames = /^(|line \d+|(work|volunteer|projects)(\[\d+\](\.(name|organization))?)?)$/;

/**
 * Reads content/ below the given folder.
 * @throws {ContentError} when a file is invalid; names all faults of all files
 */
export function loadContent(root: string): Content {
  const { resume, pdfResume, published, faults, warnings } = loadResume(root);
  const { name } = resume.basics;
  const names = (list: readonly string[]) => (faults.some(({ field }) => hidesNames.test(field)) ? undefined : list);
  const experience = loadStory(
    root,
    "experience",
    name,
    names([
      ...namesOfJobs(resume.work.map(({ name, position }) => [name, position])),
      ...namesOfJobs(resume.volunteer.map(({ organization, position }) => [organization, position])),
    ]),
  );
  const projects = loadStory(root, "projects", name, names(resume.projects.flatMap(({ name }) => name ?? [])));
  const contact = loadStory(root, "contact", name, []);
  const locale = loadLocale(root, resume.language);
  const lines = [
    ...faultLines("resume.json", faults),
    ...faultLines(
      "resume.json",
      locale.languageFaults.map((problem) => ({ field: "meta.language", problem })),
    ),
    ...faultLines(wordsFile(resume.language), locale.faults),
    ...faultLines("experience.md", experience.faults),
    ...faultLines("projects.md", projects.faults),
    ...faultLines("contact.md", contact.faults),
  ];
  const warningLines = [
    ...faultLines("resume.json", warnings),
    ...faultLines("experience.md", experience.warnings),
    ...faultLines("projects.md", projects.warnings),
    ...faultLines("contact.md", contact.warnings),
  ];
  if (lines.length > 0) {
    throw new ContentError(lines, warningLines);
  }
  return {
    resume,
    pdfResume,
    published,
    warnings: warningLines,
    locale: locale.locale,
    experience: experience.story,
    projects: projects.story,
    contact: contact.story,
  };
}
