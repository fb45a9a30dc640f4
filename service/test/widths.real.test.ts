import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { openBrowser, violations } from "./browser.ts";
import { type Service, startService } from "./service.ts";
import { siteOf } from "./site-of.ts";

const widths = [320, 390, 768, 1280, 2560];
const word = "Donaudampfschifffahrtsgesellschaftskapitän".repeat(4);
const url = `https://example.com/${"a".repeat(120)}/?q=${"b".repeat(120)}`;
const code = `\`\`\`\n${"const x = 1; ".repeat(12)}\n\`\`\``;
const line = "x".repeat(80);
const table = `| ${word} | b | c |\n|---|---|---|\n| 1 | ${line} | ${url} |`;
const text = `${word} <b>${url}</b>\n\n- ${line}\n\n1. \`${line}\`\n\n${code}\n\n> ${word}\n\n${table}`;
const period = { startDate: "2020-09-30", endDate: "2021-09-30" };

/** A résumé of long words, addresses and lines of code wherever a text can be. */
const nasty = {
  basics: {
    name: `Ada ${word}`,
    label: word,
    email: `${"ada.".repeat(30)}b@example.com`,
    phone: "+44 117 496 0142 ".repeat(4),
    url,
    summary: text,
    location: { address: line, postalCode: line, city: word, region: word, countryCode: "GB" },
    profiles: [
      { network: word, username: word, url },
      { network: "International-Community", username: "ada" },
      { network: "SoundCloud", url },
    ],
  },
  work: [
    {
      name: word,
      position: word,
      location: word,
      url,
      description: text,
      summary: text,
      highlights: [text, url],
      ...period,
    },
    { name: word, position: line, location: line, summary: text, ...period },
    { name: "Mill", position: "Miller", ...period },
  ],
  volunteer: [{ organization: word, position: word, url, summary: text, highlights: [text], ...period }],
  education: [{ institution: word, area: word, studyType: line, url, score: line, courses: [word, line], ...period }],
  awards: [{ title: word, awarder: line, date: "2020-09-30", summary: text }],
  certificates: [{ name: word, issuer: line, date: "2020-09-30", url }],
  publications: [{ name: word, publisher: line, releaseDate: "2020-09-30", url, summary: text }],
  skills: [{ name: word, level: line, keywords: [word, line, "Go", url] }],
  languages: [{ language: word, fluency: line }],
  interests: [{ name: word, keywords: [line, url] }],
  references: [{ name: word, reference: text }],
  projects: [
    {
      name: word,
      description: text,
      url,
      highlights: [text],
      keywords: [word, url],
      roles: [word],
      entity: line,
      type: line,
      ...period,
    },
  ],
  others: [{ title: word, summary: text, url, more: [url, line] }],
};
const story = (of: string) => `# ${word}\n\n${text}\n\n## ${of}\n\n${text}\n\n### ${word}\n\n${table}`;

let browser: Browser;
let service: Service;
before(async () => {
  browser = await openBrowser();
  const files = { "experience.md": story(word), "projects.md": story(word), "contact.md": `# ${word}\n\n${text}` };
  service = await startService({ site: siteOf(nasty, files) });
});
after(async () => {
  await browser?.close();
  await service?.close();
});

async function evaluate(page: Page, script: string): Promise<unknown> {
  return page.evaluate(script);
}

/** What leaves the sheet, and texts that overlap others. What scrolls inside itself is left out. */
const findings = `(() => {
  const sheet = document.querySelector(".sheet").getBoundingClientRect();
  const walker = document.createTreeWalker(document.querySelector(".sheet"), NodeFilter.SHOW_TEXT);
  const boxes = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() === "" || node.parentElement.closest("pre") || !node.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) boxes.push({ node, box });
  }
  const name = ({ node }) => node.parentElement.tagName + " " + node.data.trim().slice(0, 20);
  const out = boxes.filter(({ box }) => box.left < sheet.left - 1 || box.right > sheet.right + 1).map((one) => "out: " + name(one));
  const area = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
  const over = boxes.flatMap((one, index) => boxes.slice(index + 1).flatMap((other) => {
    if (one.node === other.node) return [];
    const [width, height] = area(one.box, other.box);
    return width > 2 && height > Math.min(one.box.height, other.box.height) / 2 ? ["over: " + name(one) + " / " + name(other)] : [];
  }));
  return [...out, ...over];
})()`;

for (const path of ["/", "/experience", "/projects", "/contact"]) {
  test(`${path}: no long word scrolls the page, leaves the sheet, covers another or keeps anybody out`, async (t) => {
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(`http://127.0.0.1:${service.port}${path}`);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await evaluate(page, "document.documentElement.scrollWidth"), width);
      assert.deepEqual(await evaluate(page, findings), [], `at ${width} px`);
    }
    assert.deepEqual(await violations(page), []);
    await page.emulateMedia({ colorScheme: "dark" });
    assert.deepEqual(await violations(page), []);
  });
}

test("a word that leaves the sheet, and one that covers another, would be found", async (t) => {
  const page = await browser.newPage({ viewport: { width: 390, height: 900 } });
  t.after(() => page.close());
  await page.goto(`http://127.0.0.1:${service.port}/`);
  await evaluate(
    page,
    `document.querySelector("h1").style.whiteSpace = "nowrap"; document.querySelector(".label").style.marginTop = "-30px"`,
  );
  const found = String(await evaluate(page, findings));
  assert.match(found, /out: H1/);
  assert.match(found, /over: H1/);
});
