import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { faultLines } from "../src/content.ts";
import { loadResume, readResume } from "../src/resume/resume.ts";
import { summarize } from "../src/resume/summary.ts";
import { SERVICE_ROOT } from "./service.ts";

/** The faults of a résumé, a line each. */
function refusal(source: unknown): string {
  const { faults } = readResume(source);
  assert.ok(faults.length > 0, "the résumé was accepted");
  return faultLines("content/resume.json", faults).join("\n");
}

test("the résumé that comes with the service is sound and complete", () => {
  const { resume } = loadResume(join(SERVICE_ROOT, "content"));
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

test("what is wrong is told by its field, what is there, and what to do", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["text", "content/resume.json: must be an object, but is a text."],
    [{ basics: { name: " " } }, "content/resume.json:basics.name: is missing."],
    [{ work: "Mill" }, "work: must be a list, but is a text."],
    [{ work: [{ name: { en: { long: "Mill" } } }] }, "work[0].name: must be a text, but is an object."],
    [{ work: [{ startDate: "soon" }] }, 'startDate: is "soon", but must be a date (YYYY, YYYY-MM or YYYY-MM-DD).'],
    [{ meta: { site: { index: "no" } } }, "meta.site.index: must be true or false, but is a text."],
    [{ meta: { site: { paper: "A3" } } }, 'meta.site.paper: is "A3", but must be "a4" or "letter".'],
    [
      { meta: { site: { hideOnWeb: ["basics.location.street"] } } },
      'meta.site.hideOnWeb[0]: is "basics.location.street", but there is no such field: name one of basics.name, ',
    ],
    [{ meta: { language: "klingon!" } }, 'is "klingon!", but must be the code of a language such as "de" or "pt-BR".'],
  ];
  for (const [source, expected] of cases) {
    assert.ok(refusal(source).includes(expected), `${refusal(source)} should say: ${expected}`);
  }
});

test("what is taken otherwise than it is written is told, with what to do", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ company: "Mill" }, "work[0].company: is read as name, the name of the field in today's schema: rename it."],
    [{ name: "M", endDate: "Present" }, 'work[0].endDate: is "Present" and is read as no end: leave the field out.'],
    [{ name: "M", endDate: "2024-09-31" }, 'is "2024-09-31" and is read as 2024-09: September has 30 days.'],
    [{ name: "M", endDate: "2023-02-29" }, 'is "2023-02-29" and is read as 2023-02: February 2023 has 28 days.'],
    [{ name: "M", url: "m.example" }, 'url: is "m.example" and is read as https://m.example: write the whole address.'],
    [
      { name: "M", tech: "Go" },
      "work[0].tech: is shown on no page: rename it or remove it; the fields here are name, ",
    ],
    [{ summary: "S" }, "work[0]: is shown without a heading: give it a name or position."],
  ];
  for (const [job, expected] of cases) {
    const { warnings } = readResume({ basics: { name: "A" }, work: [job] });
    const lines = faultLines("content/resume.json", warnings).join("\n");
    assert.ok(lines.includes(expected), `${lines} should say: ${expected}`);
  }
});

test("ways to write a date, and the end of what goes on", () => {
  const cases: readonly (readonly [language: string, written: string, startDate: string | undefined])[] = [
    ["en", "2024-2-3", "2024-02-03"],
    ["en", "12/2024", "2024-12"],
    ["de", "3.12.2024", "2024-12-03"],
    ["de", "Dez. 2024", "2024-12"],
    ["de", "März 2024", "2024-03"],
    ["fr", "juillet 2024", "2024-07"],
    ["es", "enero de 2024", "2024-01"],
    ["ja", "2024年4月", "2024-04"],
    ["en", "ca. 2024", "2024"],
    ["en", "12/31/24", undefined],
  ];
  for (const [language, written, date] of cases) {
    const { resume } = readResume({ basics: { name: "A" }, work: [{ startDate: written }], meta: { language } });
    assert.equal(resume.work[0]?.startDate, date, written);
  }
  const ongoing = (section: string, endDate?: string) => {
    const { resume } = readResume({ basics: { name: "A" }, [section]: [{ name: "B", startDate: "2020", endDate }] });
    return [...resume.work, ...resume.projects, ...resume.education][0]?.ongoing;
  };
  assert.equal(ongoing("work"), true);
  assert.equal(ongoing("work", "2021"), false);
  assert.equal(ongoing("education"), true);
  assert.equal(ongoing("projects"), false);
  assert.equal(ongoing("projects", "PRESENT"), true);
});

test("sections of one's own are in a plain form", () => {
  const { resume } = readResume({
    basics: { name: "A" },
    sideProjects: [
      { name: "Boat", date: "2021", summary: "Of oak.", url: "boat.example", year: 2021, wood: ["Oak"] },
      "Raft",
    ],
  });
  const nothing = { startDate: undefined, endDate: undefined, ongoing: false };
  assert.deepEqual(resume.sections, [
    {
      title: "Side projects",
      entries: [
        {
          ...nothing,
          title: "Boat",
          date: "2021",
          url: "https://boat.example",
          text: "Of oak.",
          details: ["2021", "Oak"],
        },
        { ...nothing, title: "Raft", date: undefined, url: undefined, text: undefined, details: [] },
      ],
    },
  ]);
});

test("hidden fields are in nothing that is for the web, or in nothing that is for the PDF", () => {
  const site = { hideOnWeb: ["basics.phone", "work[0].summary", "skills"], hideInPdf: ["work.summary", "patents"] };
  const { resume, published, pdfResume } = readResume({
    basics: { name: "A", phone: "117 496" },
    work: [
      { name: "B", summary: "First" },
      { name: "C", summary: "Second" },
    ],
    skills: [{ name: "Milling" }],
    patents: [{ title: "Wheel" }],
    meta: { site },
  });
  for (const web of [resume, published]) {
    const text = JSON.stringify(web);
    assert.doesNotMatch(text, /117 496|First|Milling/);
    assert.match(text, /Second.*Wheel|Wheel.*Second/);
  }
  assert.doesNotMatch(JSON.stringify(published), /hideOnWeb/);
  const text = JSON.stringify(pdfResume);
  assert.doesNotMatch(text, /First|Second|Wheel/);
  assert.match(text, /117 496.*Milling/);
});

test("a field is hidden under each of its names, and in each form that it is read from", () => {
  const hideOnWeb = [
    "basics.url",
    "basics.location.city",
    "interests",
    "patents.office",
    "work[1].name",
    "skills.name",
    ...["work[2]", "work[0].highlights[1]", "basics.profiles[0]", "patents[0].tags[0]"],
  ];
  const { resume, published, faults } = readResume({
    basics: { name: "A", website: "https://hidden.example.com", location: "Hiddenham", profiles: ["hidden"] },
    hobbies: ["Hidden hobby"],
    patents: [{ title: "Wheel", office: "Hidden office", tags: ["hidden"] }],
    work: [{ company: "Shown", highlights: ["One", "hidden"] }, { company: "Hidden employer" }, { name: "Hidden job" }],
    skills: ["Hidden skill"],
    meta: { site: { hideOnWeb } },
  });
  assert.deepEqual(faults, []);
  const { site: _site, ...shown } = resume;
  assert.doesNotMatch(JSON.stringify([shown, published]), /hidden/i);
  assert.deepEqual(published, {
    basics: { name: "A" },
    work: [{ name: "Shown", highlights: ["One"] }],
    patents: [{ title: "Wheel" }],
  });
});

test("paper is Letter where people use it, if nothing else is said", () => {
  const paper = (countryCode: string, site: object) =>
    readResume({ basics: { name: "A", location: { countryCode } }, meta: { site } }).resume.site.paper;
  assert.equal(paper("US", {}), "letter");
  assert.equal(paper("GB", {}), "a4");
  assert.equal(paper("US", { paper: "a4" }), "a4");
  assert.equal(paper("US", { hideOnWeb: ["basics.location"] }), "letter");
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
