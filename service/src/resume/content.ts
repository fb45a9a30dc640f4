import { existsSync, readdirSync } from "node:fs";
import { ContentError, type Fault, faultLines } from "../content.ts";
import { fileIn, filesOfNoLanguage, findLanguages, type Language } from "../languages.ts";
import { pictureFile } from "../photos.ts";
import type { Locale } from "../words/locale.ts";
import { loadLocale } from "../words/own-words.ts";
import { isWebAddress } from "./fields.ts";
import { findOwnFiles, type OwnFile } from "./own-files.ts";
import { loadResume, type Resume } from "./resume.ts";
import { loadPageText, loadStory, type PageText, type Story, storyName } from "./stories.ts";

/** What the owner writes: the files in content/. The fields of resume.json's language are its own. */
export interface Content extends LocalizedContent {
  /** resume.de.json and the like, with the files beside it. */
  readonly translations: readonly LocalizedContent[];
  /** Files that are served under /files/. */
  readonly files: readonly OwnFile[];
  /** What the owner may want to change, a line each: `file:field: sentence`. */
  readonly warnings: readonly string[];
}

/** The files of one language. */
export interface LocalizedContent {
  /** What the paths of this language begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  /** The résumé's file in messages: "content/resume.de.json". */
  readonly file: string;
  /** What the pages show. */
  readonly resume: Resume;
  /** What the PDF shows. */
  readonly pdfResume: Resume;
  /** How the site speaks: in the résumé's language. */
  readonly locale: Locale;
  /** What the pages show as JSON, for /resume.json. */
  readonly published: unknown;
  readonly experience: Story;
  readonly projects: Story;
  readonly contact: Story;
  readonly imprint: PageText | undefined;
}

interface ContentFolder {
  readonly folder: string;
  readonly label: string;
}

interface LoadedLanguage {
  readonly content: LocalizedContent;
  /** The names of its files, whether they are there or not. */
  readonly files: readonly string[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
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
 * Reads a folder of content.
 * @param label the folder's name in messages
 * @throws {ContentError} when a file is invalid; names all faults of all files
 */
export function loadContent(folder: string, label = "content"): Content {
  const [language, ...others] = findLanguages(folder);
  const of = { folder, label };
  const first = loadLanguage(of, language);
  const translations = others.map((other) => loadLanguage(of, other, first.content.resume));
  const all = [first, ...translations];
  const own = findOwnFiles(folder);
  const faults = [...all.flatMap((loaded) => loaded.faults), ...faultLines(`${label}/files`, own.faults)];
  const files = new Set(all.flatMap((loaded) => loaded.files));
  const foreign = filesOfNoLanguage(folder, files);
  const unread = unreadStories(folder, new Set([...files, ...foreign]));
  const warnings = [
    ...all.flatMap((loaded) => loaded.warnings),
    ...foreign.flatMap((file) => faultLines(`${label}/${file}`, [noLanguage])),
    ...unread.flatMap((file) => faultLines(`${label}/${file}`, [noStory])),
    ...faultLines(`${label}/files`, own.warnings),
  ];
  if (faults.length > 0) {
    throw new ContentError(faults, warnings);
  }
  return {
    ...first.content,
    translations: translations.map(({ content }) => content),
    files: own.files,
    warnings,
  };
}

const noLanguage: Fault = { field: "", problem: "is shown nowhere, as no résumé is in its language" };

const noStory: Fault = {
  field: "",
  problem: "is shown nowhere: name it experience.md, projects.md, contact.md or imprint.md",
};

/** Markdown files that nothing reads, but for those that are about the folder. */
function unreadStories(folder: string, files: ReadonlySet<string>): readonly string[] {
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => /\.(?:md|markdown)$/i.test(name) && !/^(?:readme|license|changelog)\b/i.test(name))
    .filter((name) => !files.has(name))
    .sort();
}

function imageWarnings(folder: string, image: string | undefined): readonly Fault[] {
  if (image === undefined || pictureFile(folder, image) !== undefined) {
    return [];
  }
  const shown = image.length > 80 ? `${image.slice(0, 80)}…` : image;
  const problem = isWebAddress(image)
    ? `is ${shown}, which is not shown, as nothing is fetched from elsewhere: put the picture beside resume.json, and write its file's name`
    : `is "${shown}", but there is no such file beside resume.json, and no picture is shown: put it there`;
  return [{ field: "basics.image", problem }];
}

/** @param first the résumé in the first language, for a translation of it */
function loadLanguage({ folder, label }: ContentFolder, language: Language, first?: Resume): LoadedLanguage {
  const resumeFile = fileIn(language, "resume.json");
  const translation =
    first === undefined || language.code === undefined ? undefined : { language: language.code, site: first.site };
  const { resume, pdfResume, published, whole, faults, warnings } = loadResume(folder, resumeFile, translation);
  const hidden = faults.some(({ field }) => hidesNames.test(field));
  const story = (name: string, entryNames: readonly string[]) => {
    const file = fileIn(language, `${name}.md`);
    const of = { resumeFile, person: whole.basics.name, entryNames: hidden ? undefined : entryNames };
    return { file, ...loadStory(folder, file, of) };
  };
  const experience = story("experience", [
    ...namesOfJobs(whole.work.map(({ name, position }) => [name, position])),
    ...namesOfJobs(whole.volunteer.map(({ organization, position }) => [organization, position])),
  ]);
  const projects = story(
    "projects",
    whole.projects.flatMap(({ name }) => name ?? []),
  );
  const contact = story("contact", []);
  const imprintFile = fileIn(language, "imprint.md");
  const imprint = loadPageText(folder, imprintFile);
  const locale = loadLocale(folder, translation?.language ?? resume.language);
  const sameLanguage: readonly Fault[] =
    first?.language.toLowerCase() === translation?.language.toLowerCase() && first !== undefined
      ? [
          {
            field: "meta.language",
            problem: `is "${first.language}", which resume.json is in: delete one of the files`,
          },
        ]
      : [];
  const files: readonly { file: string; faults: readonly Fault[]; warnings?: readonly Fault[] }[] = [
    {
      file: resumeFile,
      faults: [...faults, ...locale.languageFaults, ...sameLanguage],
      warnings: [...warnings, ...imageWarnings(folder, resume.basics.image ?? pdfResume.basics.image)],
    },
    locale,
    experience,
    projects,
    contact,
    { file: imprintFile, faults: imprint.faults },
  ];
  return {
    content: {
      prefix: language.prefix,
      file: `${label}/${resumeFile}`,
      resume,
      pdfResume,
      locale: locale.locale,
      published,
      experience: experience.story,
      projects: projects.story,
      contact: contact.story,
      imprint: imprint.page,
    },
    files: files.map(({ file }) => file),
    faults: files.flatMap((file) => faultLines(`${label}/${file.file}`, file.faults)),
    warnings: files.flatMap((file) => faultLines(`${label}/${file.file}`, file.warnings ?? [])),
  };
}
