import assert from "node:assert/strict";
import { extractText, getDocumentProxy } from "unpdf";
import { createPdf, type Pdf } from "../pdf/pdf.ts";
import { plainText } from "../src/page/markdown.ts";
import { type Resume, readResume } from "../src/resume/resume.ts";
import { createLocale } from "../src/words/locale.ts";
import { tableOf } from "../src/words/tables.ts";
import type { Fixture } from "./fixtures.ts";

/** The PDF of a résumé's JSON, and what it shows. */
export function pdfOf(json: unknown): { readonly pdf: Pdf; readonly resume: Resume } {
  const { pdfResume: resume } = readResume(json);
  const words = tableOf(resume.language);
  if (words === undefined) {
    throw new Error(`there are no words in ${resume.language}`);
  }
  return { pdf: createPdf(resume, createLocale(resume.language, words)), resume };
}

/** The text as a program reads it that takes applications, with one space for each gap. */
export async function textOf({ bytes }: Pdf): Promise<string> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
  return text.replace(/\s+/g, " ");
}

/** Whether the file says that it is PDF/UA-1, which it is not with a character that no font has. */
export function isAccessible({ bytes }: Pdf): boolean {
  const text = bytes.toString("latin1");
  return text.includes("<pdfuaid:part>1</pdfuaid:part>") && text.includes("/StructTreeRoot");
}

/** Asserts that a PDF has every word of the résumé's texts, in fonts that have it. */
export async function assertComplete({ name, json }: Fixture): Promise<void> {
  const { pdf, resume } = pdfOf(json);
  assert.ok(isAccessible(pdf), name);
  // Programs that read PDF order letters that stand above each other in various ways.
  if (resume.language !== "ar") {
    const words = new Set(wordsOf(await textOf(pdf)));
    const { language: _language, site: _site, ...shown } = resume;
    const missing = textsIn(shown)
      .flatMap(wordsOf)
      .filter((word) => !words.has(word));
    assert.deepEqual(missing, [], name);
  }
}

function wordsOf(text: string): readonly string[] {
  return text.normalize("NFC").match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Fields whose values are links, formatted, or a picture. */
const notAsText = new Set(["url", "startDate", "endDate", "date", "releaseDate", "countryCode", "image"]);

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") {
    return [plainText(value)];
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) => (notAsText.has(name) ? [] : textsIn(inner)));
}
