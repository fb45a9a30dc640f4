import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { getDocumentProxy } from "unpdf";
import { typesetPdfs } from "../pdf/make.ts";
import { createPdf } from "../pdf/pdf.ts";
import { loadContent } from "../src/resume/content.ts";
import { loadResume } from "../src/resume/resume.ts";
import { loadSite } from "../src/site.ts";
import { en } from "../src/words/en.ts";
import { createLocale } from "../src/words/locale.ts";
import { fixtures } from "./fixtures.ts";
import { temporaryFolder } from "./folder.ts";
import { assertComplete, isAccessible, pdfOf, textOf } from "./pdf-texts.ts";
import { SERVICE_ROOT, startService } from "./service.ts";

const english = createLocale("en", en);
const sample = loadResume(join(SERVICE_ROOT, "content")).resume;

/** Finds each part behind the one before. */
function assertInOrder(text: string, parts: readonly (string | undefined)[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part ?? "", from);
    assert.ok(at >= 0, `"${part}" is not behind ${JSON.stringify(text.slice(Math.max(0, from - 60), from))}`);
    from = at + (part ?? "").length;
  }
}

test("the PDF has every entry of the résumé once, in the order of the home page", async () => {
  const pdf = createPdf(sample, english);
  assert.deepEqual(pdf.warnings, []);
  assert.equal(pdf.pages, 2);
  assert.ok(isAccessible(pdf));
  const text = await textOf(pdf);
  const { basics, work, projects, skills, education, certificates, awards, languages, interests } = sample;
  assertInOrder(text, [
    basics.name,
    basics.label,
    basics.email,
    basics.phone,
    basics.summary,
    ...work.flatMap(({ position, name, location, summary, highlights }) => [
      position,
      name,
      location,
      summary,
      ...highlights,
    ]),
    ...projects.flatMap(({ name, description, highlights, keywords }) => [
      name,
      description,
      ...highlights,
      ...keywords,
    ]),
    ...skills.flatMap(({ name, level, keywords }) => [name, level, ...keywords]),
    ...education.flatMap(({ area, institution, score, courses }) => [area, institution, score, ...courses]),
    ...certificates.flatMap(({ name, issuer }) => [name, issuer]),
    ...awards.flatMap(({ title, awarder, summary }) => [title, awarder, summary]),
    ...languages.flatMap(({ language, fluency }) => [language, fluency]),
    ...interests.flatMap(({ name, keywords }) => [name, ...keywords]),
  ]);
  for (const entry of [basics.summary, ...work.flatMap(({ summary, highlights }) => [summary, ...highlights])]) {
    assert.equal(text.split(entry ?? "").length, 2, entry);
  }
});

test("the PDF has its title, author and language, and the links of the résumé", async () => {
  const document = await getDocumentProxy(new Uint8Array(createPdf(sample, english).bytes));
  const { info } = await document.getMetadata();
  assert.deepEqual(
    ["Title", "Author", "Language"].map((name) => Object.entries(info).find(([key]) => key === name)?.[1]),
    ["Nora Lindgren – Platform engineer", "Nora Lindgren", "en"],
  );
  const pages = await Promise.all([1, 2].map((number) => document.getPage(number)));
  const annotations = (await Promise.all(pages.map((page) => page.getAnnotations()))).flat();
  const urls = new Set(annotations.map((annotation: { url?: string }) => annotation.url));
  const { basics, work, projects, education } = sample;
  for (const url of [
    `mailto:${basics.email}`,
    "tel:+441174960142",
    ...[...basics.profiles, ...work, ...projects, ...education].map((entry) => entry.url),
  ]) {
    assert.ok(url === undefined || urls.has(url) || urls.has(`${url}/`), url);
  }
});

test("the same résumé is the same bytes", () => {
  assert.ok(createPdf(sample, english).bytes.equals(createPdf(sample, english).bytes));
});

test("no text is Typst code: it comes out as it went in", async () => {
  const hostile = [
    '#panic() #eval("1") #read("/etc/passwd") $x^2$ @ref <label> = heading - item / term: ~ -- ... \\ // /* */',
    "\"quotes\" 'single' and “curly” ‘ones’",
    "office fluffy ﬁ ﬂ",
    "Zoe\u0308",
  ];
  const text = await textOf(
    pdfOf({ basics: { name: "Ada #{1}", label: hostile[0] }, interests: hostile.map((name) => ({ name })) }).pdf,
  );
  assertInOrder(text, ["Ada #{1}", hostile[0], hostile[0], hostile[1], "office fluffy fi fl", "Zoë"]);
  assert.doesNotMatch(text, /[\uFB00-\uFB06]|\p{Mn}/u);
});

test("what is odd in a text neither fails nor gets lost", async () => {
  const odd: readonly (readonly [string, string])[] = [
    [`${">".repeat(90)} deep`, "deep"],
    [Array.from({ length: 40 }, (_, index) => `${"  ".repeat(index)}- level${index}`).join("\n"), "level39"],
    ["<b><i>".repeat(80), ""],
    ["| one | two |\n|---|---|\n| three | four |", "one · two three · four"],
    ["half \uD800 a pair, soft\u00ADhyphen, zero\u200Bwidth", "a pair, softhyphen, zerowidth"],
    [`[long](https://example.com/${"a".repeat(9000)})`, "long"],
    ["w".repeat(5000), "wwww"],
  ];
  for (const [summary, shown] of odd) {
    assertInOrder(await textOf(pdfOf({ basics: { name: "Ada", summary } }).pdf), ["Ada", shown]);
  }
});

test("arrows, check marks and stars have a font", () => {
  assert.deepEqual(pdfOf({ basics: { name: "Ada", summary: "→ ✓ ✔ ★ ● ■ ≥ ≈ ∞ ☎ ½ ™" } }).pdf.warnings, []);
});

test("a character that no font has is a warning that names the field, and no error", () => {
  const { pdf } = pdfOf({ basics: { name: "Ada" }, work: [{ name: "Mill", highlights: ["fine", "a \uE000"] }] });
  assert.deepEqual(pdf.warnings, [
    {
      field: "work[0].highlights[1]",
      problem: 'has "\uE000" (U+E000), which no font has: the PDF has an empty box there and is no PDF/UA',
    },
  ]);
  assert.ok(!isAccessible(pdf));
  assert.ok(pdf.bytes.includes("/StructTreeRoot"));
});

test("/resume.pdf is served as other files are, under the person's name, and the home page leads to it", async () => {
  const pdf = createPdf(sample, english).bytes;
  const service = await startService({ site: loadSite(SERVICE_ROOT, undefined, new Map([["/resume.pdf", pdf]])) });
  const plain = await startService();
  try {
    const answer = await service.ask("/resume.pdf");
    assert.equal(answer.status, 200);
    assert.ok(answer.bytes.equals(pdf));
    assert.equal(answer.headers["content-type"], "application/pdf");
    assert.equal(
      answer.headers["content-disposition"],
      `inline; filename="resume.pdf"; filename*=UTF-8''Nora%20Lindgren.pdf`,
    );
    assert.equal(answer.headers["cache-control"], (await service.ask("/resume.json")).headers["cache-control"]);
    const etag = answer.headers.etag ?? "";
    assert.equal((await service.ask("/resume.pdf", { headers: { "If-None-Match": etag } })).status, 304);
    assert.ok((await service.ask("/")).text.includes('<a href="/resume.pdf">'));
    assert.ok(!(await plain.ask("/")).text.includes("resume.pdf"));
    assert.equal((await plain.ask("/resume.pdf")).status, 404);
  } finally {
    await service.close();
    await plain.close();
  }
});

test("every text of a résumé is in its PDF, in a font that has it", async () => {
  // pdf.real.test.ts has all of them, with the large fonts.
  const tried = /^(every field|entries without names|a section of one|profiles|in (de|pl|ar)$)/;
  for (const fixture of fixtures.filter(({ name }) => tried.test(name))) {
    await assertComplete(fixture);
  }
});

test("Arabic is written from right to left, also in an English résumé", async () => {
  const { pdf } = pdfOf({ basics: { name: "Ada", summary: "English first.\n\nافتتحت متجرا ثانيا (2021)." } });
  const document = await getDocumentProxy(new Uint8Array(pdf.bytes));
  const page = await document.getPage(1);
  const { items } = await page.getTextContent();
  const [, , width = 0] = page.view;
  const xOf = (text: string) => {
    const found = items.find((item) => "str" in item && item.str.includes(text));
    return found !== undefined && "transform" in found ? Number(found.transform[4]) : Number.NaN;
  };
  assert.ok(xOf("English") < width / 2);
  assert.ok(xOf("افتتحت") > width / 2);
  assert.ok(xOf("افتتحت") > xOf("ثانيا"));
});

test("an abundant résumé is a warning with the number of pages, and a last page that is nearly empty is avoided", () => {
  const jobs = (count: number) => ({
    basics: { name: "Ada" },
    work: Array.from({ length: count }, (_, index) => ({ position: `Job ${index}`, highlights: ["One.", "Two."] })),
  });
  const warnings = ["makes a PDF of 3 pages: shorten it to 2, if you can"];
  for (const [count, pages] of [
    [18, 1],
    [19, 2],
    [40, 3],
  ] as const) {
    const { pdf } = pdfOf(jobs(count));
    assert.equal(pdf.pages, pages);
    assert.deepEqual(
      pdf.warnings.map(({ problem }) => problem),
      pages > 2 ? warnings : [],
    );
  }
});

test("a photo has the person's name as its text; a file that is no picture is left out with a warning", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "resume.json"), JSON.stringify({ basics: { name: "Ada", image: "ada.png" } }));
  const photo = join(folder, "ada.png");
  copyFileSync(join(SERVICE_ROOT, "assets", "apple-touch-icon.png"), photo);
  const { files, warnings } = await typesetPdfs(folder, loadContent(folder));
  assert.deepEqual(warnings, []);
  assert.ok(files[0]?.bytes.includes("/Figure") && files[0].bytes.includes("/Alt (Ada)"));

  writeFileSync(photo, "no picture");
  const without = await typesetPdfs(folder, loadContent(folder));
  assert.match(
    String(without.warnings),
    /^content\/resume\.json:basics\.image: is "ada\.png", which can't be read as a/,
  );
  assert.ok(without.files[0]?.bytes.includes("/H1") && !without.files[0].bytes.includes("/Figure"));
});
