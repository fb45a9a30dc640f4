import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { en } from "../src/words/en.ts";
import { createLocale } from "../src/words/locale.ts";
import { loadLocale } from "../src/words/own-words.ts";
import { tableOf, tables } from "../src/words/tables.ts";
import { fill, namesIn, wordKeys } from "../src/words/words.ts";
import { temporaryFolder } from "./folder.ts";

test("each table has each text, with the values that the English one has", () => {
  assert.deepEqual([...tables.keys()], ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl", "ja", "zh", "ar"]);
  for (const [language, words] of tables) {
    assert.deepEqual(Object.keys(words), wordKeys, language);
    for (const key of wordKeys) {
      assert.notEqual(words[key].trim(), "", `${language}: ${key}`);
      assert.deepEqual(namesIn(words[key]), namesIn(en[key]), `${language}: ${key}`);
    }
  }
});

test("a value that looks like a name in braces stays as it is", () => {
  assert.equal(fill(en, "requestId", { id: "{id}" }), "Request {id}");
});

test("a language of a country has its language's words, but not those of another script", () => {
  assert.equal(tableOf("de-CH"), tables.get("de"));
  assert.equal(tableOf("zh-SG"), tables.get("zh"));
  for (const language of ["zh-TW", "zh-Hant", "eo", "fa"]) {
    assert.equal(tableOf(language), undefined, language);
  }
});

test("dates are as people write them, with the data's calendar and digits", () => {
  const dates: Readonly<Record<string, readonly string[]>> = {
    en: ["2021", "Mar 2021", "Mar 5, 2021"],
    "en-GB": ["2021", "Mar 2021", "5 Mar 2021"],
    de: ["2021", "März 2021", "5. März 2021"],
    fr: ["2021", "mars 2021", "5 mars 2021"],
    pl: ["2021", "mar 2021", "5 mar 2021"],
    ja: ["2021年", "2021年3月", "2021年3月5日"],
    ar: ["2021", "مارس 2021", "5 مارس 2021"],
    fa: ["2021", "مارس 2021", "5 مارس 2021"],
    th: ["2021", "มี.ค. 2021", "5 มี.ค. 2021"],
  };
  for (const [language, expected] of Object.entries(dates)) {
    const { formatDate } = createLocale(language, en);
    assert.deepEqual(["2021", "2021-03", "2021-03-05"].map(formatDate), expected, language);
  }
});

test("the direction of a language is that of its script", () => {
  for (const language of ["ar", "fa", "he", "ur", "az-Arab"]) {
    assert.equal(createLocale(language, en).direction, "rtl", language);
  }
  for (const language of ["en", "ja", "az", "ar-Latn"]) {
    assert.equal(createLocale(language, en).direction, "ltr", language);
  }
});

test("places have the country's name, and the language's order", () => {
  const place = (language: string, code: string) => {
    const { formatPlace, countryName } = createLocale(language, tableOf(language) ?? en);
    return formatPlace(["Nagoya", undefined, countryName(code)]);
  };
  assert.equal(place("en", "jp"), "Nagoya, Japan");
  assert.equal(place("ja", "JP"), "日本 Nagoya");
  assert.equal(place("ar", "JP"), "Nagoya، اليابان");
  assert.equal(place("de", "Hyrule"), "Nagoya, Hyrule");
});

/** A folder whose content has these words in this language. */
function folderWith(language: string, words: unknown): string {
  const root = temporaryFolder();
  writeFileSync(join(root, `words.${language}.json`), JSON.stringify(words));
  return root;
}

test("the owner's own words replace the site's, or make a language that the site does not have", () => {
  const german = loadLocale(folderWith("de", { today: "jetzt" }), "de");
  assert.deepEqual(german.faults, []);
  assert.equal(german.locale.words.today, "jetzt");
  assert.equal(german.locale.words.skills, "Kenntnisse");

  const esperanto = loadLocale(folderWith("eo", { ...en, today: "nun" }), "eo");
  assert.deepEqual(esperanto.faults, []);
  assert.equal(esperanto.locale.words.today, "nun");
});

test("own words that can't be used are faults that say what to do", () => {
  const wrong = { today: "", skils: "Können", homeDescription: "Über {nam}", home: 1, thanksText: "Danke" };
  assert.deepEqual(loadLocale(folderWith("de", wrong), "de").faults, [
    { field: "today", problem: "must be a text that is not empty" },
    { field: "skils", problem: "is no key of the site's words: all keys are in service/src/words/en.ts" },
    { field: "homeDescription", problem: 'is "Über {nam}", but must have {name}, as "The résumé of {name}." has' },
    { field: "home", problem: "must be a text that is not empty" },
    { field: "thanksText", problem: `is "Danke", but must have {name}, as "${en.thanksText}" has` },
  ]);
  const { today: _today, send: _send, ...others } = en;
  assert.deepEqual(loadLocale(folderWith("eo", others), "eo").faults, [{ field: "", problem: "lacks today, send" }]);
  assert.match(
    loadLocale(temporaryFolder(), "eo").languageFaults[0]?.problem ?? "",
    /^is "eo", but the site's words are in en, de, .*, ar only: write them into words.eo.json,/,
  );
});
