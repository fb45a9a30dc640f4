import assert from "node:assert/strict";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ContentError } from "../src/content.ts";
import { isolateLeftToRight } from "../src/page/direction.ts";
import { Html } from "../src/page/html.ts";
import { styleSheet } from "../src/page/style.ts";
import { loadContent } from "../src/resume/content.ts";
import { loadSite } from "../src/site.ts";
import { en } from "../src/words/en.ts";
import { tables } from "../src/words/tables.ts";
import { type WordKey, wordKeys } from "../src/words/words.ts";
import { temporaryFolder } from "./folder.ts";
import { MemoryStore } from "./memory-store.ts";
import { type Answer, type Ask, SERVICE_ROOT, type Service, startService, testConfig } from "./service.ts";

/** A résumé with something in each section, and no word of any language but the site's own. */
function wordless(language: string): object {
  const dated = { startDate: "2020-02", endDate: "2021-03-04" };
  return {
    basics: {
      name: "Žž Ýý",
      label: "Đđ",
      email: "zz@example.com",
      phone: "+49 30 901820",
      url: "https://zz.example.com",
      location: { address: "Ĺĺ 1", postalCode: "12345", city: "Ķķ", region: "Ļļ", countryCode: "AQ" },
      profiles: [{ network: "Ŵŵ", username: "zz", url: "https://zz.example.org" }],
    },
    work: [
      { name: "Ŧŧ", position: "Ĝĝ", startDate: "2021-05", highlights: ["Ħħ"], description: "Ğğ", location: "Ġġ" },
      { name: "Ŧŧ", position: "Ģģ", ...dated },
    ],
    volunteer: [{ organization: "Ĵĵ", ...dated }],
    education: [{ institution: "Ŀŀ", area: "Ńń", score: "1", courses: ["Ňň"], ...dated }],
    projects: [
      {
        name: "Ŋŋ",
        keywords: ["Őő"],
        roles: ["Ôô"],
        entity: "Õõ",
        type: "Øø",
        url: "https://zz.example.net",
        ...dated,
      },
    ],
    skills: [{ name: "Œœ", level: "Ŕŕ", keywords: ["Řř"] }],
    certificates: [{ name: "Śś", date: "2019", issuer: "Ŝŝ" }],
    awards: [{ title: "Şş", date: "2018-01", awarder: "Šš" }],
    publications: [{ name: "Ţţ", releaseDate: "2017", publisher: "Ťť" }],
    languages: [{ language: "Ũũ", fluency: "Ūū" }],
    interests: [{ name: "Ŭŭ", keywords: ["Ůů", "Űű"] }],
    references: [{ name: "Ųų", reference: "Źź" }],
    źź: [{ title: "Żż", date: "2016" }],
    meta: { language },
  };
}

/** A folder whose content is in the first language, and in the others below /de and the like. */
function siteIn(first: string, ...others: readonly string[]): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "content"));
  cpSync(join(SERVICE_ROOT, "assets"), join(root, "assets"), { recursive: true });
  writeFileSync(join(root, "content", "resume.json"), JSON.stringify(wordless(first)));
  for (const language of others) {
    writeFileSync(join(root, "content", `resume.${language}.json`), JSON.stringify(wordless(language)));
  }
  return root;
}

/** What a visitor reads or hears: without tags, but with the texts of attributes. */
function readable(html: string): string {
  return html
    .replace(/<style>.*?<\/style>|<script.*?<\/script>/gs, " ")
    .replace(
      /<[^>]*>/g,
      (tag) =>
        ` ${[...tag.matchAll(/ (?:aria-label|content|alt|title|placeholder)="([^"]*)"/g)].map(([, text]) => text).join(" ")} `,
    )
    .replaceAll("&#39;", "'")
    .replaceAll("&quot;", '"')
    .replace(/resume\.(json|pdf)|JSON Resume|name="\w+"/g, " ");
}

/** Texts of the English table that are the same in a language: they are that language's words, too. */
const shared: Readonly<Record<string, readonly string[]>> = {
  de: ["Web", "Auto"],
  fr: ["Contact", "Auto", "Publications", "E-mail", "Web", "Message"],
  es: ["Web"],
  it: ["E-mail", "Web"],
  pt: ["E-mail", "Web"],
  nl: ["Contact", "Auto", "E-mail", "Web"],
  sv: ["Auto"],
  pl: ["E-mail"],
};

/** The English texts that are found in a page, in whole or in pieces between their values. */
function englishIn(html: string, language: string): readonly string[] {
  const text = readable(html);
  const ownTexts = Object.values(language === "en" ? {} : (tables.get(language) ?? {})).join("\n");
  const hasWord = (where: string, word: string) =>
    new RegExp(`(?<![\\p{L}-])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}-])`, "u").test(where);
  return wordKeys
    .flatMap((key) => en[key].split(/\{\w+\}/))
    .map((piece) => piece.replace(/^[\s,.:;’]+|[\s,.:;]+$/g, ""))
    .filter((piece) => /\p{L}{2}/u.test(piece))
    .filter((piece) => hasWord(text, piece) && !hasWord(ownTexts, piece));
}

/** What is Latin in any language: values of headers, names of fields and formats, and an address as an example. */
const technical =
  /application\/x-www-form-urlencoded|name@example\.com|(GET|HEAD|POST|OPTIONS)\b|system, light, dark|theme\b|PDF\b|zz(@|\.)?[\w.]*/g;

/** Latin words in a page of a language in another script: they are ours, as the résumé has none. */
function latinIn(html: string): readonly string[] {
  const text = readable(html.replace(/<meta (?!name="description"|property="og:(?:title|description)")[^>]*>/g, ""))
    .replace(technical, " ")
    .replace(/[\da-f]{8}-[\da-f-]{27}/g, " ")
    .replace(/English|Deutsch|Français|Español|Italiano|Português|Nederlands|Svenska|Polski/g, " ");
  return text.match(/[A-Za-z]{2,}/g) ?? [];
}

test("no language has more of English than what is the same in it", () => {
  for (const [language, words] of tables) {
    const same = wordKeys.filter((key) => /\p{L}/u.test(en[key]) && words[key] === en[key]).map((key) => en[key]);
    assert.deepEqual(new Set(language === "en" ? [] : same), new Set(shared[language] ?? []), language);
  }
});

describe("a site in several languages", () => {
  const translations = [...tables.keys()].filter((language) => language !== "en");
  const store = new MemoryStore();
  let service: Service;
  before(async () => {
    const config = testConfig({ CONTACT_LIMIT: "2" });
    service = await startService({
      redis: store,
      config,
      site: loadSite(siteIn("en", ...translations), "https://example.com"),
    });
  });
  after(() => service.close());

  const form = { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html", Host: "site.example" };
  const own = { ...form, "Sec-Fetch-Site": "same-origin" };
  const good = { name: "Ab", email: "ab@example.com", message: "zz" };
  const post = (path: string, fields: Readonly<Record<string, string>>, headers: Ask["headers"] = own) =>
    service.ask(path, { method: "POST", headers: { ...headers }, body: new URLSearchParams(fields).toString() });
  const get = (path: string) => service.ask(path, { headers: { Accept: "text/html" } });

  /** Every kind of page of a language, by the key of a word that it must have. */
  async function everyPage(prefix: string): Promise<readonly (readonly [WordKey, number, Answer])[]> {
    store.values.clear();
    store.streams.clear();
    const pages: (readonly [WordKey, number, Answer])[] = [
      ["skills", 200, await get(`${prefix}/`)],
      ["positions", 200, await get(`${prefix}/experience`)],
      ["publications", 200, await get(`${prefix}/projects`)],
      ["writeMessage", 200, await get(`${prefix}/contact`)],
      ["thankYou", 200, await get(`${prefix}/contact/thanks`)],
      ["nothingHere", 404, await get(`${prefix}/nowhere`)],
      ["status405", 405, await post(`${prefix}/experience`, {})],
      ["nameMissing", 422, await post(`${prefix}/contact`, {})],
      ["messageMissing", 422, await post(`${prefix}/contact`, { name: "1".repeat(200), email: "x" })],
      ["notSentYet", 422, await post(`${prefix}/contact`, { ...good, message: "1".repeat(6000) })],
      ["trappedText", 422, await post(`${prefix}/contact`, { ...good, "subject-line": "x" })],
      ["confirmTitle", 200, await post(`${prefix}/contact`, good, form)],
      ["foreignForm", 403, await post(`${prefix}/contact`, good, { ...form, "Sec-Fetch-Site": "cross-site" })],
      ["status415", 415, await post(`${prefix}/contact`, good, { ...own, "Content-Type": "text/plain" })],
      ["status413", 413, await post(`${prefix}/contact`, { message: "1".repeat(70_000) })],
      ["foreignTheme", 403, await post(`${prefix}/theme`, {}, { ...form, "Sec-Fetch-Site": "cross-site" })],
      ["status400", 400, await post(`${prefix}/theme`, { theme: "x" })],
    ];
    for (const message of ["1", "2"]) {
      assert.equal(
        (await post(`${prefix}/contact`, { ...good, message })).headers.location,
        `${prefix}/contact/thanks`,
      );
    }
    pages.push(["notSent", 429, await post(`${prefix}/contact`, { ...good, message: "3" })]);
    store.away = true;
    pages.push(["unavailableText", 503, await post(`${prefix}/contact`, good)]);
    pages.push(["settingsUnavailable", 503, await post(`${prefix}/theme`, { theme: "dark" })]);
    store.away = false;
    return pages;
  }

  for (const language of translations) {
    test(`every page of /${language}, those of errors too, speaks ${language} and no English`, async () => {
      const words = tables.get(language) ?? en;
      for (const [key, status, { text, status: given }] of await everyPage(`/${language}`)) {
        assert.equal(given, status, key);
        assert.ok(text.includes(`<html lang="${language}"${language === "ar" ? ' dir="rtl"' : ""}`), key);
        assert.ok(readable(text).includes(words[key]), `${key}: ${words[key]}`);
        assert.deepEqual(englishIn(text, language), [], key);
        if (["ja", "zh", "ar"].includes(language)) {
          assert.deepEqual(latinIn(text), [], key);
        }
      }
    });
  }

  test("the search for English finds it where it is", async () => {
    const found = (await everyPage("")).flatMap(([, , { text }]) => englishIn(text, "en"));
    for (const text of ["Experience", "Skip to the content", "today", "Place", "Your name", "Sent", "Not Found"]) {
      assert.ok(found.includes(text), text);
    }
  });

  test("a page tells its address in each language, and leads to it under the language's own name", async () => {
    const { text } = await get("/de/experience");
    const alternates = [...text.matchAll(/<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">/g)];
    assert.deepEqual(
      alternates.map(([, language, address]) => [language, address]),
      [
        ["en", "https://example.com/experience"],
        ...[...translations].sort().map((code) => [code, `https://example.com/${code}/experience`]),
        ["x-default", "https://example.com/experience"],
      ],
    );
    assert.ok(text.includes('<link rel="canonical" href="https://example.com/de/experience">'));
    assert.ok(text.includes('<a href="/experience" lang="en" hreflang="en">English</a>'));
    assert.ok(text.includes('<a href="/fr/experience" lang="fr" hreflang="fr">Français</a>'));
    assert.doesNotMatch(text, />Deutsch</);
    assert.doesNotMatch((await get("/de/contact/thanks")).text, /rel="alternate"/);
    const sitemap = (await get("/sitemap.xml")).text;
    assert.ok(sitemap.includes("<loc>https://example.com/de/experience</loc>"));
  });

  test("all that a page leads to is in its language, but for the switch", async () => {
    for (const path of ["/de/", "/de/contact", "/de/contact/thanks", "/de/nowhere"]) {
      const { text } = await get(path);
      const links = [...text.matchAll(/ (?:href|action|value)="(\/[^"]*)"(?! lang)/g)].flatMap(([, to]) => to ?? []);
      assert.deepEqual(
        links.filter((to) => !to.startsWith("/de/") && !to.startsWith("/static/")),
        [],
        path,
      );
    }
  });

  test("a language's data and its other spellings of a path are there", async () => {
    assert.deepEqual(JSON.parse((await get("/de/resume.json")).text).meta, { language: "de" });
    for (const path of ["/de", "/DE", "/DE/", "//de//"]) {
      const { status, headers } = await get(path);
      assert.deepEqual([status, headers.location], [308, "/de/"], path);
    }
    const { headers, text } = await service.ask("/de/nowhere");
    assert.equal(headers["content-type"], "application/problem+json");
    assert.match(text, /Nicht gefunden/);
    // A path that only begins with the same letters.
    assert.match((await get("/design")).text, /Not Found/);
  });
});

test("a résumé in one language has no switch, and says so to nobody", () => {
  const [{ pages }] = loadSite(siteIn("ja")).languages;
  const text = String(pages.get("/")?.system.variants.identity.body);
  assert.match(text, /<html lang="ja" data-theme/);
  assert.match(text, /<dd>南極 [^<]*Ķķ/);
  assert.doesNotMatch(text, /hreflang/);
});

test("right to left, what has Latin letters only keeps its order, marks included", () => {
  const isolated = (text: string) => isolateLeftToRight(new Html(text)).text;
  for (const latin of ["C++", ".NET", "Example Ltd.", 'an <a href="/x">address</a> &amp; more.']) {
    assert.equal(isolated(`<li class="x">${latin}</li>`), `<li class="x"><bdi dir="ltr">${latin}</bdi></li>`);
  }
  assert.equal(
    isolated("<p>بلغة C++. و .NET، 2 &#x27;</p>"),
    "<p>بلغة C\u200e++\u200e. و \u200e.\u200eNET، 2 &#x27;</p>",
  );
  for (const other of ["<p>IBM مصر</p>", "<p>2009 – 2013</p>", "<p>3.8/4.0 &amp;</p>", "<ul><li>א</li></ul>"]) {
    assert.equal(isolated(other), other);
  }
  assert.equal(isolated("<li>مصر<ul><li>A.</li></ul></li>"), '<li>مصر<ul><li><bdi dir="ltr">A.</bdi></li></ul></li>');
  assert.equal(
    isolated("<h3>C++ <span>خبيرة</span> <em>C2 (8.5)</em></h3>"),
    '<h3><bdi dir="ltr">C++</bdi> <span>خبيرة</span> <em><bdi dir="ltr">C2 (8.5)</bdi></em></h3>',
  );
  assert.match(
    String(loadSite(siteIn("ar")).languages[0].pages.get("/")?.system.variants.identity.body),
    /<bdi dir="ltr">Őő</,
  );
});

test("the style sheet names no side but for what is right to left", () => {
  const rules = styleSheet.replace(/\[dir="rtl"\][^{]*\{[^}]*\}/g, "");
  assert.doesNotMatch(
    rules,
    /(?:margin|padding|border)-(?:left|right)|(?:text-align|float): (?:left|right)|^\s*(?:left|right):/m,
  );
});

test("what resume.json hides is hidden in each language", () => {
  const root = siteIn("en", "de");
  const hiding = { ...wordless("en"), meta: { site: { hideOnWeb: ["basics.phone"], hideInPdf: ["basics.email"] } } };
  writeFileSync(join(root, "content", "resume.json"), JSON.stringify(hiding));
  const [german] = loadContent(join(root, "content")).translations;
  assert.equal(german?.resume.basics.phone, undefined);
  assert.equal(german?.pdfResume.basics.email, undefined);
  assert.doesNotMatch(JSON.stringify(german?.published), /901820/);
});

test("a file in a language that no résumé is in is pointed out", () => {
  const root = siteIn("en", "de");
  for (const file of ["contact.de.md", "contact.fr.md", "words.de.json", "words.fr.json"]) {
    writeFileSync(join(root, "content", file), "{}");
  }
  const problem = "is shown nowhere, as no résumé is in its language.";
  const warnings = loadContent(join(root, "content")).warnings.filter((line) => line.endsWith(problem));
  assert.deepEqual(warnings, [`content/contact.fr.md: ${problem}`, `content/words.fr.json: ${problem}`]);
});

test("a language's files are checked as the first one's are", () => {
  const root = siteIn("es", "de", "eo", "es");
  const write = (file: string, text: string) => writeFileSync(join(root, "content", file), text);
  write("resume.fr.json", JSON.stringify({ ...wordless("it"), meta: { language: "it", site: { index: false } } }));
  write("experience.de.md", "## Nirgends\n");
  write("words.de.json", '{ "today": 1 }');
  assert.throws(
    () => loadContent(join(root, "content")),
    (error: unknown) => {
      assert.ok(error instanceof ContentError);
      const [words = "", story = "", none = "", twice = "", other = "", site = "", ...others] =
        error.message.split("\n");
      assert.match(words, /^content\/words\.de\.json:today: must be a text/);
      assert.match(story, /^content\/experience\.de\.md:## Nirgends: is no entry's name in resume\.de\.json/);
      assert.match(none, /^content\/resume\.eo\.json:meta\.language: is "eo", but .*words\.eo\.json/);
      assert.match(twice, /^content\/resume\.es\.json:meta\.language: is "es", which resume\.json is in/);
      assert.match(other, /^content\/resume\.fr\.json:meta\.language: is "it", but the file's name has "fr"/);
      assert.match(site, /^content\/resume\.fr\.json:meta\.site: .* move it to resume\.json/);
      assert.deepEqual(others, []);
      return true;
    },
  );
});
