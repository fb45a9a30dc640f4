import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../content.ts";
import { en } from "./en.ts";
import { createLocale, type Locale } from "./locale.ts";
import { tableOf, tables } from "./tables.ts";
import { isWordKey, namesIn, type Words, wordKeys } from "./words.ts";

/** A locale, valid only without faults. */
export interface LoadedLocale {
  readonly locale: Locale;
  /** Faults of the language's tag itself. */
  readonly languageFaults: readonly string[];
  /** Faults of content/words.LANG.json. */
  readonly faults: readonly Fault[];
}

const allKeys = "service/src/words/en.ts has all keys";

/**
 * The locale of a language: the site's words, and over them those of content/words.LANG.json below the given folder. In a
 * language that the site has no words of, that file needs every key.
 * @param language as the owner writes it: not known to be BCP 47
 */
export function loadLocale(root: string, language: string): LoadedLocale {
  if (!isLanguage(language)) {
    const problem = `is "${language}", but must be a language such as "de" or "pt-BR"`;
    return { locale: createLocale("en", en), languageFaults: [problem], faults: [] };
  }
  const table = tableOf(language);
  const { words, faults } = readOwnWords(join(root, "content", wordsFile(language)));
  const missing = wordKeys.filter((key) => table === undefined && words[key] === undefined);
  if (faults.length === 0 && missing.length > 0) {
    const problem = `lacks words, as the site has none in "${language}" (only in ${[...tables.keys()].join(", ")}): ${missing.join(", ")}`;
    faults.push({ field: "", problem });
  }
  return { locale: createLocale(language, { ...(table ?? en), ...words }), languageFaults: [], faults };
}

/** The file with the owner's own words in a language. */
export function wordsFile(language: string): string {
  return `words.${language}.json`;
}

function isLanguage(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

function readOwnWords(path: string): { words: Partial<Words>; faults: Fault[] } {
  if (!existsSync(path)) {
    return { words: {}, faults: [] };
  }
  try {
    return checkOwnWords(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return { words: {}, faults: [{ field: "", problem: `is not JSON: ${error.message}` }] };
  }
}

function checkOwnWords(source: unknown): { words: Partial<Words>; faults: Fault[] } {
  if (typeof source !== "object" || source === null || Array.isArray(source)) {
    return { words: {}, faults: [{ field: "", problem: "must be an object with a text for each key" }] };
  }
  const faults: Fault[] = [];
  const words: Partial<Record<keyof Words, string>> = {};
  for (const [field, value] of Object.entries(source)) {
    const problem = problemOf(field, value);
    if (problem !== undefined) {
      faults.push({ field, problem });
    } else if (isWordKey(field)) {
      words[field] = String(value);
    }
  }
  return { words, faults };
}

function problemOf(field: string, value: unknown): string | undefined {
  if (!isWordKey(field)) {
    return `is no key of the site's words: ${allKeys}`;
  }
  if (typeof value !== "string" || value.trim() === "") {
    return "must be a text that is not empty";
  }
  const [needed, given] = [namesIn(en[field]), namesIn(value)];
  if (needed.join() === given.join()) {
    return undefined;
  }
  const names = needed.map((name) => `{${name}}`).join(" and ") || "no name in braces";
  return `is "${value}", but must have ${names}, as "${en[field]}" has`;
}
