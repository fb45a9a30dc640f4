import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress } from "../src/page/address.ts";
import { formatPeriod, type Html } from "../src/page/html.ts";
import { renderWork } from "../src/page/positions.ts";
import { readResume, type Work } from "../src/resume/resume.ts";
import { de } from "../src/words/de.ts";
import { en } from "../src/words/en.ts";
import { createLocale } from "../src/words/locale.ts";

const locale = createLocale("en", en);

/** The texts of elements, in order. */
function textOf(parts: Html | undefined | readonly Html[]): string {
  const html = [parts ?? []].flat().map(({ text }) => text);
  return html
    .join("")
    .replaceAll(/<[^>]*>|\n/g, "|")
    .replaceAll(/\|+/g, "|");
}

test("a period has each date once, and only what goes on lasts until today", () => {
  const period = (startDate?: string, endDate?: string, ongoing = false) =>
    textOf(formatPeriod(locale, { startDate, endDate, ongoing })).replaceAll("|", "");
  assert.equal(period("2020", "2020"), "2020");
  assert.equal(period("2020-03", "2020"), "Mar 2020 – 2020");
  assert.equal(period("2020-03-05", "2021"), "Mar 5, 2020 – 2021");
  assert.equal(period("2020"), "2020");
  assert.equal(period(undefined, "2020"), "2020");
  assert.equal(period("2020", undefined, true), "2020 – today");
  assert.equal(period(), "");
});

test("an address is written as its country writes it", () => {
  const london = {
    address: "1 Long Street\nFlat 2",
    postalCode: "N1 1AA",
    city: "London",
    region: undefined,
    countryCode: "GB",
  };
  assert.equal(formatAddress(locale, london), "1 Long Street, Flat 2, London N1 1AA, United Kingdom");
  const austin = { address: undefined, postalCode: "73301", city: "Austin", region: "TX", countryCode: "US" };
  assert.equal(formatAddress(locale, austin), "Austin, TX 73301, United States");
  const bonn = { address: "Weg 1", postalCode: "53111", city: "Bonn", region: undefined, countryCode: "DE" };
  assert.equal(formatAddress(createLocale("de", de), bonn), "Weg 1, 53111 Bonn, Deutschland");
});

function workOf(...work: readonly object[]): readonly Work[] {
  const { resume, faults } = readResume({ basics: { name: "A" }, work });
  assert.deepEqual(faults, []);
  return resume.work;
}

test("positions in a row at one employer are one entry, each with its own texts and story", () => {
  const work = workOf(
    {
      name: "Northwind",
      position: "Head",
      startDate: "2020",
      summary: "Leads.",
      description: "Weather",
      location: "Bath",
    },
    {
      name: " northwind ",
      position: "Engineer",
      startDate: "2018",
      endDate: "2020",
      highlights: ["Built."],
      location: "York",
    },
    { name: "Oakfield", position: "Clerk", startDate: "2017", endDate: "2018" },
    { name: "Northwind", position: "Intern", endDate: "2016" },
  );
  const stories = (employer: string | undefined, position?: string) =>
    formatPeriod(locale, {
      startDate: { Northwind: "2001", Engineer: "2002" }[position ?? employer ?? ""],
      endDate: undefined,
      ongoing: false,
    });
  const entries = renderWork(locale, work, stories);
  assert.equal(entries.length, 3);
  assert.equal(
    textOf(entries.slice(0, 1)),
    "|2018| – today|Northwind|Weather|2001|Head|2020| – today|, Bath|Leads.|Engineer|2018| – |2020|, York|Built.|2002|",
  );
  assert.equal(textOf(entries.slice(1, 2)), "|2017| – |2018|Clerk|Oakfield|");
  assert.match(textOf(entries.slice(2)), /^\|2016\|Intern\|Northwind\|/);
});

test("a job without a position or a name has all that it has", () => {
  const url = "https://example.com/jobs";
  for (const [job, text] of [
    [{ name: "A", location: "B", url }, "|A|B|"],
    [{ position: "C", location: "B" }, "|C|B|"],
    [{ position: "C", url }, "|C|example.com/jobs|"],
    [{ url, summary: "D" }, "|example.com/jobs|D|"],
  ] as const) {
    assert.equal(textOf(renderWork(locale, workOf(job))), text);
  }
});
