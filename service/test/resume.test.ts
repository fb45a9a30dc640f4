import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines } from "../src/content.ts";
import { loadResume, readResume } from "../src/resume/resume.ts";
import { summarize } from "../src/resume/summary.ts";
import { SERVICE_ROOT } from "./service.ts";

/** The faults of a résumé, a line each. */
function refusal(source: unknown): string {
  const { faults } = readResume(source);
  assert.ok(faults.length > 0, "the résumé was accepted");
  return faultLines("resume.json", faults).join("\n");
}

test("the résumé that comes with the service is sound and complete", () => {
  const { resume } = loadResume(SERVICE_ROOT);
  assert.notEqual(resume.basics.name, "");
  assert.ok(resume.work.length >= 2);
  assert.ok(resume.skills.length >= 2);
  assert.ok(resume.projects.length >= 1);
  assert.ok(resume.education.length >= 1);
});

test("a résumé with a name alone is enough", () => {
  const { resume } = readResume({ basics: { name: "Ada" } });
  assert.equal(resume.basics.name, "Ada");
  assert.deepEqual(resume.work, []);
});

test("what is wrong is named by its field", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["text", "content/resume.json: must be an object, but is a text."],
    [{}, "basics: must be an object, but is missing."],
    [{ basics: {} }, "basics.name: is missing."],
    [{ basics: { name: 7 } }, "basics.name: must be a text, but is a number."],
    [{ basics: { name: " " } }, "basics.name: is empty"],
    [{ basics: { name: "A", email: "no" } }, 'basics.email: is "no", but must be an e-mail address.'],
    [{ basics: { name: "A", url: "javascript:alert(1)" } }, "basics.url: is"],
    [{ basics: { name: "A" }, work: {} }, "work: must be a list, but is an object."],
    [{ basics: { name: "A" }, work: [null] }, "work[0]: must be an object, but is null."],
    [{ basics: { name: "A" }, work: [{ name: "B", startDate: "2020-13" }] }, 'work[0].startDate: is "2020-13"'],
    [{ basics: { name: "A" }, work: [{ name: "B", endDate: "2023-02-29" }] }, 'work[0].endDate: is "2023-02-29"'],
    [{ basics: { name: "A" }, work: [{ name: "B", highlights: ["x", 1] }] }, "work[0].highlights[1]: must be a text"],
    [{ basics: { name: "A" }, skills: [{ name: "S", keywords: "x" }] }, "skills[0].keywords: must be a list"],
    [{ basics: { name: "A", image: 7 } }, "basics.image: must be a text, but is a number."],
    [{ basics: { name: "A", location: { postalCode: 7 } } }, "basics.location.postalCode: must be a text"],
    [{ basics: { name: "A" }, work: [{ name: "B", description: [] }] }, "work[0].description: must be a text"],
    [{ basics: { name: "A" }, meta: { canonical: "here" } }, 'meta.canonical: is "here", but must be a full web'],
    [{ basics: { name: "A" }, projects: [{ name: "P", roles: "x" }] }, "projects[0].roles: must be a list"],
  ];
  for (const [source, expected] of cases) {
    assert.ok(refusal(source).includes(expected), `${refusal(source)} should say: ${expected}`);
  }
});

test("all problems are named at once", () => {
  const message = refusal({ basics: { email: "no" }, projects: [{ name: 1 }, { name: "P", url: "ftp://x" }] });
  for (const field of ["basics.name", "basics.email", "projects[0].name", "projects[1].url"]) {
    assert.ok(message.includes(`:${field}: `), `${message} should name ${field}`);
  }
});

test("each wrong field is named once, though two checks look at it", () => {
  const message = refusal({ basics: { name: "A", email: "no" }, work: [{ name: 1, startDate: "soon" }] });
  for (const field of ["basics.email", "work[0].name", "work[0].startDate"]) {
    assert.equal(message.split(`:${field}: `).length, 2, `${message} should name ${field} once`);
  }
});

test("overlapping jobs count once, an open one until today", () => {
  const { resume } = readResume({
    basics: { name: "A" },
    work: [
      { name: "one", startDate: "2010", endDate: "2011" },
      { name: "two", startDate: "2011-07", endDate: "2012-06" },
      { name: "three", startDate: "2020-01-01" },
    ],
  });
  const summary = summarize(resume, new Date("2021-01-01T00:00:00Z"));
  assert.equal(summary.yearsOfWork, 3.5);
  assert.equal(summary.positions, 3);
});

test("topics are counted as words of their own, most often first", () => {
  const { resume } = readResume({
    basics: { name: "A", summary: "Go, go and Going; C++ is fine." },
    skills: [{ name: "S", keywords: ["C++", "Go"] }],
  });
  assert.deepEqual(summarize(resume, new Date()).topics, [
    { name: "Go", mentions: 3 },
    { name: "C++", mentions: 2 },
  ]);
});
