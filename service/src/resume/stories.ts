import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ContentError } from "../content.ts";
import { type Sections, splitSections } from "../page/html.ts";

/** Texts of a Markdown file that complement the résumé's data. */
export interface Story {
  readonly title: string | undefined;
  /** Markdown; empty when the file is not there. */
  readonly intro: string;
  /** Markdown by the entry's name in the résumé. */
  readonly entries: ReadonlyMap<string, string>;
}

const noSections: Sections = { title: undefined, intro: "", sections: [] };

/**
 * Reads content/<name>.md below the given folder, if it is there. Its second-level headings are names of entries of the
 * résumé, and the text below one is that entry's story.
 * @throws {ContentError} when a heading is not an entry's name, or occurs twice
 */
export function loadStory(root: string, name: string, entryNames: readonly string[]): Story {
  const path = join(root, "content", `${name}.md`);
  const { title, intro, sections } = existsSync(path) ? splitSections(readFileSync(path, "utf8")) : noSections;
  const entries = new Map<string, string>();
  const problems: string[] = [];
  for (const { heading, text } of sections) {
    if (!entryNames.includes(heading)) {
      const names = entryNames.map((entry) => `"${entry}"`).join(", ");
      problems.push(`The heading "## ${heading}" is no entry's name in resume.json; there are: ${names || "none"}.`);
    }
    if (entries.has(heading)) {
      problems.push(`The heading "## ${heading}" stands there twice.`);
    }
    entries.set(heading, text);
  }
  if (problems.length > 0) {
    throw new ContentError(`content/${name}.md`, "about the résumé's entries", problems);
  }
  return { title, intro, entries };
}
