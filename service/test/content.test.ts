import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { ContentError } from "../src/content.ts";
import { loadContent } from "../src/resume/content.ts";
import { temporaryFolder } from "./folder.ts";
import { SERVICE_ROOT } from "./service.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder with these content files. */
function folderWith(files: Files): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The faults of a folder with these content files. */
function faultsOf(files: Files): readonly string[] {
  try {
    loadContent(folderWith(files));
  } catch (error) {
    assert.ok(error instanceof ContentError);
    return error.message.split("\n");
  }
  return [];
}

test("all faults of all files are named at once, one a line", () => {
  const resume = { basics: { name: " " }, work: [{ name: "Mill", startDate: "soon" }] };
  const files = { "experience.md": "## Mil\n", "projects.md": "## Engine\n", "contact.md": "## Mail\n" };
  assert.deepEqual(faultsOf({ "resume.json": JSON.stringify(resume), ...files }), [
    "content/resume.json:basics.name: is missing.",
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
      '{"basics": {"name": "Ada"}, "work": [{"name": {"en": {"x": 1}}}]}',
      /^content\/resume\.json:work\[0\]\.name: must be a text, .*\.$/,
    ],
    ['{"basics": {"name": "Ada"}, "work": "Mill"}', /^content\/resume\.json:work: must be a list, but is a text\.$/],
  ] as const) {
    const [first = "", ...others] = faultsOf({ "resume.json": resume, ...stories });
    assert.match(first, fault);
    assert.deepEqual(others, [twice]);
  }
  assert.deepEqual(faultsOf(stories), [
    "content/resume.json: is not there: write your résumé into a file named resume.json.",
    twice,
  ]);
});

test("line breaks and escape codes of the content are in no sentence", () => {
  const awards = [{ title: "Best", date: "a\nb\u001b[31m" }];
  assert.deepEqual(faultsOf({ "resume.json": JSON.stringify({ basics: { name: "Ada" }, awards }) }), [
    'content/resume.json:awards[0].date: is "a b [31m", but must be a date (YYYY, YYYY-MM or YYYY-MM-DD).',
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
    assert.match(stdout, /^content\/resume\.json: is not there: write your résumé into a file named resume\.json\.\n/);
    return true;
  });
});

test("files are UTF-8, with or without a byte order mark; another encoding is a fault at its line", () => {
  const json = '{"basics": {\n  "name": "Ada Müller"\n}}';
  const { resume } = loadContent(folderWith({ "resume.json": `\ufeff${json}`, "contact.md": "\ufeff# Write" }));
  assert.equal(resume.basics.name, "Ada Müller");
  assert.deepEqual(faultsOf({ "resume.json": Buffer.from(json, "latin1"), "contact.md": Buffer.from([0xff]) }), [
    "content/resume.json:line 2: is not UTF-8: save the file in this encoding.",
    "content/contact.md:line 1: is not UTF-8: save the file in this encoding.",
  ]);
  assert.deepEqual(faultsOf({ "resume.json": Buffer.from(`\ufeff${json}`, "utf16le") }), [
    "content/resume.json: is not UTF-8: save the file in this encoding.",
  ]);
});

test("stories of the sample that are left beside one's own résumé are pointed out, and are no faults", () => {
  const sample = (name: string) => readFileSync(join(SERVICE_ROOT, "content", name), "utf8");
  const stories = ["experience.md", "projects.md", "contact.md"];
  const left = Object.fromEntries(stories.map((name) => [name, sample(name)]));
  assert.deepEqual(loadContent(folderWith({ ...left, "resume.json": sample("resume.json") })).warnings, []);
  const { warnings } = loadContent(folderWith({ ...left, "resume.json": '{"basics": {"name": "Ada"}}' }));
  assert.deepEqual(
    warnings,
    stories.map((name) => `content/${name}: is the sample of Nora Lindgren: write your own text, or delete the file.`),
  );
});

test("warnings are printed as such, and end with exit code 0", async () => {
  const folder = folderWith({ "resume.json": '{"basics": {"name": "Ada", "age": 7}}' });
  const { stdout } = await promisify(execFile)(process.execPath, [join(SERVICE_ROOT, "check-content.ts"), folder]);
  assert.ok(stdout.startsWith(`warning: ${folder}/resume.json:basics.age: is shown on no page: `), stdout);
  assert.match(stdout, /\.\n$/);
});

test("files of one's own may have a sum that nginx can keep", () => {
  const folder = folderWith({ "resume.json": '{"basics": {"name": "Ada"}}' });
  mkdirSync(join(folder, "files", "deeper"), { recursive: true });
  writeFileSync(join(folder, "files", "small.pdf"), "small");
  const { files, warnings } = loadContent(folder);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["small.pdf"],
  );
  assert.deepEqual(warnings, ["content/files:deeper: is no file and is not served: move its files up."]);
  writeFileSync(join(folder, "files", "large.zip"), Buffer.alloc(9 * 1024 * 1024));
  assert.throws(() => loadContent(folder), {
    message: "content/files: has 9.0 MiB, of which large.zip is 9.0 MiB; allowed: 8 MiB together.",
  });
});

test("a story under a name that nothing reads is pointed out", () => {
  const files = {
    "resume.json": '{"basics": {"name": "Ada"}}',
    "experience.markdown": "",
    "README.md": "",
    "notes.md": "",
  };
  assert.deepEqual(
    loadContent(folderWith(files)).warnings,
    ["experience.markdown", "notes.md"].map(
      (name) => `content/${name}: is shown nowhere: name it experience.md, projects.md, contact.md or imprint.md.`,
    ),
  );
});

test("a story of an entry that is hidden on the web is no fault", () => {
  const json = { basics: { name: "Ada" }, work: [{ name: "Mill" }], meta: { site: { hideOnWeb: ["work"] } } };
  const { resume, warnings } = loadContent(
    folderWith({ "resume.json": JSON.stringify(json), "experience.md": "## Mill\n\nGround corn.\n" }),
  );
  assert.deepEqual([resume.work, warnings], [[], []]);
});
