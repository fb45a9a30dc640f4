import { join } from "node:path";
import type { Fault, Findings } from "../content.ts";
import { splitSections } from "../page/html.ts";
import { readText } from "./json.ts";

/** Texts of a Markdown file that complement the résumé's data. */
export interface Story {
  readonly title: string | undefined;
  /** Markdown; empty when the file is not there. */
  readonly intro: string;
  /** Markdown by the entry's name in the résumé. */
  readonly entries: ReadonlyMap<string, string>;
}

/** The résumé that a story belongs to. */
export interface StoryOf {
  /** "resume.json" */
  readonly resumeFile: string;
  /** The name in it: a story that is the sample of another one was left behind. */
  readonly person: string;
  /** Undefined where they are not known: headings are then not compared with them. */
  readonly entryNames: readonly string[] | undefined;
}

/** A Markdown file that is a page of its own. */
export interface PageText {
  readonly title: string | undefined;
  /** Markdown, without the title. */
  readonly text: string;
}

/** The first line of the sample's stories. It holds the name that is in the sample's resume.json. */
const sampleLine = /^\s*<!--[^\n]*\bsample of ([^:\n]+):[^\n]*-->/i;

/** The heading of a story about an employer, or about a position there: "Harbourline: Engineer". */
export function storyName(employer: string | undefined, position?: string): string | undefined {
  return employer === undefined || position === undefined ? employer : `${employer}: ${position}`;
}

/**
 * Reads a Markdown file of a folder of content, if it is there. Its second-level headings are names of entries
 * of the résumé, and the text below one is that entry's story.
 * @returns the story, valid only without faults
 */
export function loadStory(
  content: string,
  file: string,
  { resumeFile, person, entryNames }: StoryOf,
): { story: Story } & Findings {
  const read = readText(join(content, file));
  const faults: Fault[] = "fault" in read ? [read.fault] : [];
  const warnings: Fault[] = [];
  const text = "fault" in read ? "" : (read.text ?? "");
  const sampleOf = sampleLine.exec(text)?.[1];
  const isLeft = sampleOf !== undefined && sampleOf !== person;
  if (isLeft) {
    warnings.push({ field: "", problem: `is the sample of ${sampleOf}: write your own text, or delete the file` });
  }
  const { title, intro, sections } = splitSections(text.replace(sampleLine, ""));
  const entries = new Map<string, string>();
  for (const { heading, text: story } of sections) {
    const field = `## ${heading}`;
    if (!isLeft && entryNames?.includes(heading) === false) {
      const names = entryNames.map((entry) => `"${entry}"`).join(", ");
      faults.push({ field, problem: `is no entry's name in ${resumeFile}; there are: ${names || "none"}` });
    }
    if (entries.has(heading)) {
      faults.push({ field, problem: "stands there twice" });
    }
    entries.set(heading, story);
  }
  return { story: { title, intro, entries }, faults, warnings };
}

/** Reads a Markdown file of a folder of content. @returns no page where it is not there, or empty */
export function loadPageText(
  content: string,
  file: string,
): { readonly page: PageText | undefined; readonly faults: readonly Fault[] } {
  const read = readText(join(content, file));
  if ("fault" in read) {
    return { page: undefined, faults: [read.fault] };
  }
  const { title, intro, sections } = splitSections(read.text ?? "");
  const text = [intro, ...sections.map((section) => `## ${section.heading}\n\n${section.text}`)].join("\n\n").trim();
  return { page: text === "" ? undefined : { title, text }, faults: [] };
}
