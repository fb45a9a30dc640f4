import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { assertContent, checkContent } from "../system/content.ts";

// As in a clone after `npm install`: the service has no packages of its own.
const folder = mkdtempSync(join(tmpdir(), "content-"));
after(() => rmSync(folder, { recursive: true }));
const notPackages = (path: string) => !path.includes("node_modules");
cpSync("service", join(folder, "service"), { recursive: true, filter: notPackages });

test("without the packages the check says what to do", async () => {
  await assert.rejects(checkContent("service/content", folder), /packages are not installed\. Run `npm install`\./);
});

test("the project's own packages are enough, and each fault is named by its file", async () => {
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
  assert.deepEqual(await checkContent("service/content", folder), { faults: [], warnings: [] });
  writeFileSync(join(folder, "service/content/contact.md"), "## Mail\n\n## Phone\n");
  const left = "is the sample of Nora Lindgren: write your own text, or delete the file.";
  writeFileSync(join(folder, "service/content/resume.json"), '{"basics": {"name": "Ada", "age": 7}}');
  const { faults, warnings } = await checkContent("service/content", folder);
  assert.deepEqual(faults, [
    "service/content/contact.md:## Mail: is no entry's name in resume.json; there are: none.",
    "service/content/contact.md:## Phone: is no entry's name in resume.json; there are: none.",
  ]);
  assert.match(warnings[0] ?? "", /^service\/content\/resume\.json:basics\.age: is shown on no page: /);
  assert.deepEqual(warnings.slice(1), [
    `service/content/experience.md: ${left}`,
    `service/content/projects.md: ${left}`,
  ]);
});

test("a folder elsewhere is named as its key has it; one that is not there is a sentence", async () => {
  const own = join(folder, "mine");
  mkdirSync(own);
  writeFileSync(join(own, "contact.md"), "## Mail\n");
  const refusal = `resume:content is "${own}"; allowed: a folder with a resume.json, absolute or relative to the project.`;
  await assert.rejects(assertContent(own), { message: refusal });
  writeFileSync(join(own, "resume.json"), "{}");
  await assert.rejects(
    assertContent(own),
    /^UserError: The content has 2 faults, nothing was changed:\n.*\/mine\/resume\.json:basics\.name: is missing\./,
  );
  rmSync(join(own, "contact.md"));
  writeFileSync(join(own, "resume.json"), '{"basics": {"name": "Ada"}}');
  assert.deepEqual(await assertContent(own), []);
});
