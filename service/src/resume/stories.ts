import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../content.ts";
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
 * @param entryNames undefined where they are not known: headings are then not compared with them
 * @returns the story, valid only without faults
 */
export function loadStory(
  root: string,
  name: string,
  entryNames: readonly string[] | undefined,
): { story: Story; faults: readonly Fault[] } {
  const path = join(root, "content", `${name}.md`);
  const { title, intro, sections } = existsSync(path) ? splitSections(readFileSync(path, "utf8")) : noSections;
  const entries = new Map<string, string>();
  const faults: Fault[] = [];
  for (const { heading, text } of sections) {
    const field = `## ${heading}`;
    if (entryNames?.includes(heading) === false) {
      const names = entryNames.map((entry) => `"${entry}"`).join(", ");
      faults.push({ field, problem: `is no entry's name in resume.json; there are: ${names || "none"}` });
    }
    if (entries.has(heading)) {
      faults.push({ field, problem: "stands there twice" });
    }
    entries.set(heading, text);
  }
  return { story: { title, intro, entries }, faults };
}
