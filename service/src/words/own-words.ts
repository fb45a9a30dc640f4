import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../content.ts";
import { isRecord } from "../resume/fields.ts";
import { readJson } from "../resume/json.ts";
import { en } from "./en.ts";
import { createLocale, type Locale } from "./locale.ts";
import { tableOf, tables } from "./tables.ts";
import { isWordKey, namesIn, type Words, wordKeys } from "./words.ts";

/** A locale, valid only without faults. */
export interface LoadedLocale {
  readonly locale: Locale;
  /** Faults of the résumé, as far as it names the language. */
  readonly languageFaults: readonly Fault[];
  /** The file with the owner's own words, and its faults. */
  readonly file: string;
  readonly faults: readonly Fault[];
}

const allKeys = "all keys are in service/src/words/en.ts";

/**
 * The locale of a language: the site's words, and over them those of words.LANG.json in the folder of content. In a
 * language that the site has no words of, that file needs every key.
 * @param language BCP 47
 */
export function loadLocale(content: string, language: string): LoadedLocale {
  const file = `words.${language}.json`;
  const path = join(content, file);
  const table = tableOf(language);
  if (!existsSync(path)) {
    const problem = `is "${language}", but the site's words are in ${[...tables.keys()].join(", ")} only: write them into ${file}, ${allKeys}`;
    return {
      locale: createLocale(language, table ?? en),
      languageFaults: table === undefined ? [{ field: "meta.language", problem }] : [],
      file,
      faults: [],
    };
  }
  const { words, faults } = readOwnWords(path);
  const missing = wordKeys.filter((key) => table === undefined && words[key] === undefined);
  if (faults.length === 0 && missing.length > 0) {
    faults.push({ field: "", problem: `lacks ${missing.join(", ")}` });
  }
  return { locale: createLocale(language, { ...(table ?? en), ...words }), languageFaults: [], file, faults };
}

function readOwnWords(path: string): { words: Partial<Words>; faults: Fault[] } {
  const read = readJson(path);
  return "fault" in read ? { words: {}, faults: [read.fault] } : checkOwnWords(read.value);
}

function checkOwnWords(source: unknown): { words: Partial<Words>; faults: Fault[] } {
  if (!isRecord(source)) {
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
