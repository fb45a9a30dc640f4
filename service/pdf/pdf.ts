import type { Fault } from "../src/content.ts";
import type { Resume } from "../src/resume/resume.ts";
import type { Locale } from "../src/words/locale.ts";
import { createDocument, type Photo } from "./document.ts";
import { clean } from "./text.ts";
import { type Typeset, typeset } from "./typeset.ts";

export interface Pdf {
  readonly bytes: Buffer;
  readonly pages: number;
  readonly warnings: readonly Fault[];
}

const mostPages = 2;
/** A last page with less on it looks like a mistake. */
const leastFill = 0.15;
/** Sizes of the type that are tried in such a case: smaller ones to do without the page, larger ones to fill it. */
const scales = [0.97, 0.94, 0.91, 1.03, 1.06];

/** Typesets a résumé. No text in it is an error: what is odd about its PDF is a warning. */
export function createPdf(resume: Resume, locale: Locale, photo?: Photo): Pdf {
  const result = typesetWell((scale) => typeset(createDocument(resume, locale, { scale, photo }), photo?.jpeg));
  const texts = allTexts(resume);
  return {
    bytes: result.pdf,
    pages: result.pages,
    warnings: [
      ...missingWarnings(result.refusals.missing, texts),
      ...result.refusals.others.map((refusal) => ({ field: "", problem: `makes a PDF that is no PDF/UA: ${refusal}` })),
      ...pageWarnings(result),
    ],
  };
}

/** In the normal size, or in the first other one without a last page that is nearly empty. */
function typesetWell(typesetIn: (scale: number) => Typeset): Typeset {
  const normal = typesetIn(1);
  if (!isNearlyEmpty(normal)) {
    return normal;
  }
  for (const scale of scales) {
    const other = typesetIn(scale);
    if (!isNearlyEmpty(other)) {
      return other;
    }
  }
  return normal;
}

function isNearlyEmpty({ pages, lastPageFill }: Typeset): boolean {
  return pages > 1 && lastPageFill < leastFill;
}

function pageWarnings(typeset: Typeset): readonly Fault[] {
  const { pages, lastPageFill } = typeset;
  if (pages > mostPages) {
    return [{ field: "", problem: `makes a PDF of ${pages} pages: shorten it to ${mostPages}, if you can` }];
  }
  if (isNearlyEmpty(typeset)) {
    const percent = Math.round(lastPageFill * 100);
    return [{ field: "", problem: `makes a PDF whose last page, ${pages}, is nearly empty (filled to ${percent} %)` }];
  }
  return [];
}

interface PlacedText {
  readonly field: string;
  readonly text: string;
}

/** One warning for each field. */
function missingWarnings(characters: readonly string[], texts: readonly PlacedText[]): readonly Fault[] {
  const byField = Map.groupBy(
    characters,
    (character) => texts.find(({ text }) => text.includes(character))?.field ?? "",
  );
  return Array.from(byField, ([field, missing]) => {
    const named = missing.slice(0, mostNamed).map((character) => `"${character}" (${codePoints(character)})`);
    const more = missing.length > mostNamed ? ` and ${missing.length - mostNamed} more` : "";
    return {
      field,
      problem: `has ${named.join(", ")}${more}, which no font has: the PDF has an empty box there and is no PDF/UA`,
    };
  });
}

const mostNamed = 3;

/** "U+E000". */
function codePoints(text: string): string {
  return Array.from(
    text,
    (character) => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`,
  ).join(" ");
}

/** Every text of a value, of any depth, with the name of its field. */
function allTexts(value: unknown, field = ""): readonly PlacedText[] {
  if (typeof value === "string") {
    return [{ field, text: clean(value) }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => allTexts(item, `${field}[${index}]`));
  }
  if (typeof value !== "object" || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, item]) => allTexts(item, field === "" ? name : `${field}.${name}`));
}
