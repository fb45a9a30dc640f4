import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import official from "@jsonresume/schema/sample.resume.json" with { type: "json" };
import type { Browser } from "playwright-core";
import { getDocumentProxy } from "unpdf";
import { openBrowser } from "./browser.ts";
import { fixtures } from "./fixtures.ts";
import { startService } from "./service.ts";
import { siteOf } from "./site-of.ts";

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const mm = 72 / 25.4;
const margin = 14 * mm;
const papers = ["A4", "Letter"] as const;

interface Line {
  readonly text: string;
  /** From the top of the area that is printed, as a part of its height. */
  readonly at: number;
}

interface Printed {
  readonly pages: readonly (readonly Line[])[];
  readonly headings: readonly string[];
}

/** Prints a résumé's home page as PDF, and reads the lines of text on each of its pages. */
async function print(resume: unknown, format: (typeof papers)[number], path = "/"): Promise<Printed> {
  const service = await startService({ site: siteOf(resume) });
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${service.port}${path}`);
    const headings: unknown = await page.evaluate(
      `[...document.querySelectorAll("h2, h3:not(:last-child), h4:not(:last-child)")].map((one) => one.innerText)`,
    );
    assert.ok(Array.isArray(headings));
    const pdf = await getDocumentProxy(new Uint8Array(await page.pdf({ format })));
    const numbers = Array.from({ length: pdf.numPages }, (_, index) => index + 1);
    const pages = await Promise.all(numbers.map(async (number) => linesOf(await pdf.getPage(number))));
    return { pages, headings: headings.map(String) };
  } finally {
    await page.close();
    await service.close();
  }
}

type PdfPage = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>["getPage"]>>;

async function linesOf(page: PdfPage): Promise<readonly Line[]> {
  const height = (page.view[3] ?? 0) - 2 * margin;
  const { items } = await page.getTextContent();
  return items.flatMap((item) => {
    if (!("str" in item) || item.str.trim() === "") {
      return [];
    }
    const y: unknown = item.transform[5];
    return [{ text: item.str, at: 1 - (Number(y) - margin) / height }];
  });
}

const texts = ({ pages }: Printed) =>
  pages
    .flat()
    .map(({ text }) => text)
    .join(" ");

/** Headings have space between their letters. */
const letters = (text: string) => text.replace(/\s/g, "").toUpperCase();

const large = fixtures.filter(({ name }) => name.startsWith("large"));

test("content starts on the first page and fills it, and no heading is the last on it", async () => {
  assert.equal(large.length, 5);
  // A longer label moves all that follows, and where the page ends with it.
  const shifted = large.map(({ json }, index) => {
    const { basics, ...rest } = JSON.parse(JSON.stringify(json));
    return { ...rest, basics: { ...basics, label: "Engineer of many things ".repeat(index * 9) } };
  });
  for (const [index, json] of [official, ...large.map((one) => one.json), ...shifted].entries()) {
    const paper = papers[index % 2] ?? "A4";
    const printed = await print(json, paper);
    const [first = [], ...others] = printed.pages;
    const last = first.toSorted((a, b) => a.at - b.at).at(-1);
    const name = `${index} on ${paper}, ${Math.round((last?.at ?? 0) * 100)} %, "${last?.text}"`;
    assert.ok(others.length > 0, name);
    assert.ok((last?.at ?? 0) >= 0.9 && (last?.at ?? 0) <= 1, name);
    const heading = printed.headings.find((one) => letters(one) === letters(last?.text ?? ""));
    assert.equal(heading, undefined, name);
  }
});

test("paper has bullets and the addresses of links, and nothing of the site's own", async () => {
  const text = texts(await print(official, "A4"));
  assert.match(text, /–\s+Won award at AIHacks 2016/);
  assert.match(text, /Miss Direction\s+\(missdirection\.example\.com\)/);
  assert.match(text, /\(soundcloud\.example\.com\/dandymusicnl\)/);
  assert.doesNotMatch(text, /Skip to|Theme|Also as data|resume\.json/);
  const contact = texts(await print(official, "A4", "/contact"));
  assert.match(contact, /richard\.hendriks@mail\.com/);
  assert.doesNotMatch(contact, /message/i);
});
