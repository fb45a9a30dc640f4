import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { renderMarkdown, splitSections } from "../src/page/html.ts";
import { loadStory } from "../src/resume/stories.ts";
import { temporaryFolder } from "./folder.ts";

/** A folder with this text as content/projects.md. */
function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "projects.md"), text);
  return folder;
}

test("a file is taken apart at its second-level headings", () => {
  const text =
    "\n# Title\n\nIntro.\n\n```\n## not one\n```\n\n> ## nor this\n\n## One\n\nText.\n\n### Deeper\n\nTwo\n---\nMore.\n";
  assert.deepEqual(splitSections(text), {
    title: "Title",
    intro: "Intro.\n\n```\n## not one\n```\n\n> ## nor this",
    sections: [
      { heading: "One", text: "Text.\n\n### Deeper" },
      { heading: "Two", text: "More." },
    ],
  });
  assert.deepEqual(splitSections("Only text."), { title: undefined, intro: "Only text.", sections: [] });
});

const of = (entryNames: readonly string[] | undefined) => ({ resumeFile: "resume.json", person: "Ada", entryNames });

test("stories belong to entries of the résumé", () => {
  const { story, faults } = loadStory(folderWith("Intro.\n\n## A\n\nOf *A*."), "projects.md", of(["A", "B"]));
  assert.equal(story.intro, "Intro.");
  assert.deepEqual([...story.entries], [["A", "Of *A*."]]);
  assert.deepEqual(faults, []);
});

test("without the file there is no story", () => {
  const { story, faults } = loadStory(folderWith(""), "experience.md", of([]));
  assert.deepEqual(story, { title: undefined, intro: "", entries: new Map() });
  assert.deepEqual(faults, []);
});

test("a heading that is no entry's name, or stands twice, is named", () => {
  const folder = folderWith("## A\n\n## C\n\n## A\n");
  const unknown = { field: "## C", problem: `is no entry's name in resume.json; there are: "A", "B"` };
  const twice = { field: "## A", problem: "stands there twice" };
  assert.deepEqual(loadStory(folder, "projects.md", of(["A", "B"])).faults, [unknown, twice]);
  assert.deepEqual(loadStory(folder, "projects.md", of(undefined)).faults, [twice]);
});

test("headings become deeper as asked, and never deeper than the sixth level", () => {
  assert.equal(renderMarkdown("### X", 1).text, "<h4>X</h4>\n");
  assert.equal(renderMarkdown("##### X", 4).text, "<h6>X</h6>\n");
});
