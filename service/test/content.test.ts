import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ContentError } from "../src/content.ts";
import { loadContent } from "../src/resume/content.ts";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT } from "./service.ts";

/** The faults of a folder with these content files. */
function faultsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const root = temporaryFolder();
  mkdirSync(join(root, "content"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, "content", name), text);
  }
  try {
    loadContent(root);
  } catch (error) {
    assert.ok(error instanceof ContentError);
    return error.message.split("\n");
  }
  return [];
}

test("all faults of all files are named at once, one a line", () => {
  const resume = { basics: { name: "Ada", email: "no" }, work: [{ name: "Mill", startDate: "soon" }] };
  const files = { "experience.md": "## Mil\n", "projects.md": "## Engine\n", "contact.md": "## Mail\n" };
  assert.deepEqual(faultsOf({ "resume.json": JSON.stringify(resume), ...files }), [
    'content/resume.json:basics.email: is "no", but must be an e-mail address.',
    'content/resume.json:work[0].startDate: is "soon", but must be a date (YYYY, YYYY-MM or YYYY-MM-DD).',
    'content/experience.md:## Mil: is no entry\'s name in resume.json; there are: "Mill".',
    "content/projects.md:## Engine: is no entry's name in resume.json; there are: none.",
    "content/contact.md:## Mail: is no entry's name in resume.json; there are: none.",
  ]);
});

test("a heading is no fault while the names of entries can't be read", () => {
  const stories = { "experience.md": "## Mill\n\n## Mill\n" };
  const twice = "content/experience.md:## Mill: stands there twice.";
  for (const [resume, fault] of [
    ['{\n  "basics": {"name": "Ada"},\n}', /^content\/resume\.json:line 3: is not JSON: .*\.$/],
    ['{\n  "basics": Ada }', /^content\/resume\.json: is not JSON: Unexpected token 'A'.*\.$/],
    [
      '{"basics": {"name": "Ada"}, "work": [{"name": 1}]}',
      /^content\/resume\.json:work\[0\]\.name: must be a text, .*\.$/,
    ],
    ['{"basics": {"name": "Ada"}, "work": "Mill"}', /^content\/resume\.json:work: must be a list, but is a text\.$/],
  ] as const) {
    const [first = "", ...others] = faultsOf({ "resume.json": resume, ...stories });
    assert.match(first, fault);
    assert.deepEqual(others, [twice]);
  }
  assert.deepEqual(faultsOf(stories), ["content/resume.json: is not there.", twice]);
});

test("line breaks and escape codes of the content are in no sentence", () => {
  const basics = { name: "Ada", email: "a\nb\u001b[31m" };
  assert.deepEqual(faultsOf({ "resume.json": JSON.stringify({ basics }) }), [
    'content/resume.json:basics.email: is "a b [31m", but must be an e-mail address.',
  ]);
});

test("the check prints the faults and nothing else, and ends with exit code 1", async () => {
  const folder = temporaryFolder();
  for (const part of ["src", "content", "check-content.ts", "package.json"]) {
    cpSync(join(SERVICE_ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(SERVICE_ROOT, "node_modules"), join(folder, "node_modules"));
  const check = () => promisify(execFile)(process.execPath, [join(folder, "check-content.ts")]);
  assert.deepEqual(await check(), { stdout: "", stderr: "" });
  rmSync(join(folder, "content", "resume.json"));
  await assert.rejects(check(), (error) => {
    const { code, stdout, stderr } = Object(error);
    assert.deepEqual({ code, stderr }, { code: 1, stderr: "" });
    assert.match(stdout, /^content\/resume\.json: is not there\.\n/);
    return true;
  });
});
