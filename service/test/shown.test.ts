import assert from "node:assert/strict";
import { test } from "node:test";
import careerChanger from "@jsonresume/schema/examples/career-changer.resume.json" with { type: "json" };
import newGraduate from "@jsonresume/schema/examples/new-grad.resume.json" with { type: "json" };
import seniorEngineer from "@jsonresume/schema/examples/senior-engineer.resume.json" with { type: "json" };
import official from "@jsonresume/schema/sample.resume.json" with { type: "json" };
import { loadAssets } from "../src/page/assets.ts";
import { renderHome } from "../src/page/home.ts";
import { plainText } from "../src/page/markdown.ts";
import { readResume } from "../src/resume/resume.ts";
import { sitePages } from "../src/site-pages.ts";
import { createLocale } from "../src/words/locale.ts";
import { tableOf } from "../src/words/tables.ts";
import { fixtures } from "./fixtures.ts";
import { SERVICE_ROOT } from "./service.ts";

const assets = loadAssets(SERVICE_ROOT);
const samples = { official, newGraduate, careerChanger, seniorEngineer };

/** What a résumé's home page shows, without markup, in one line, and after it the addresses that it links to. */
function shownOf(json: unknown): string {
  const { resume } = readResume(json);
  const words = tableOf(resume.language);
  assert.ok(words);
  const locale = createLocale(resume.language, words);
  const pages = sitePages;
  const site = { resume, assets, publicUrl: undefined, locale, prefix: "", pages, languages: [] };
  const [, body = ""] = renderHome(site, "system").split("<body>");
  const links = [...body.matchAll(/(?:href|datetime)="([^"]*)"/g)].map(([, address]) => address);
  return unescaped(`${body.replaceAll(/<[^>]*>/g, " ")} ${links.join(" ")}`).replaceAll(/\s+/g, " ");
}

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
};

function unescaped(html: string): string {
  return html.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
}

/** Fields that pages show in a form of their own: a photo, the name of a country, a part of a date. */
const ownForm = /^(?:\$schema|meta\b)|\.(?:image|countryCode)$/;

function missingOf(json: unknown): readonly string[] {
  const shown = shownOf(json);
  return leaves(readResume(json).published)
    .filter(([field]) => !ownForm.test(field))
    .flatMap(([field, text]) => {
      const isAddress = /\burl$|^basics\.phone$/.test(field);
      const parts = isAddress ? [text] : plainText(text).split(" ");
      return parts.every((part) => shown.includes(part)) ? [] : [`${field}: ${text}`];
    });
}

/** All texts of JSON, by their field's name. */
function leaves(value: unknown, path = ""): readonly (readonly [field: string, text: string])[] {
  if (typeof value !== "object" || value === null) {
    return [[path, String(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

test("every field of every résumé is on its home page", () => {
  for (const { name, json, faults } of fixtures) {
    assert.deepEqual(faults.length > 0 ? [] : missingOf(json), [], name);
  }
});

test("the official samples are read without a fault or a warning, and shown completely", () => {
  for (const [name, json] of Object.entries(samples)) {
    const { faults, warnings } = readResume(json);
    assert.deepEqual({ faults, warnings, missing: missingOf(json) }, { faults: [], warnings: [], missing: [] }, name);
  }
});
