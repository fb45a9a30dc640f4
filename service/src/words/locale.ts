import { fill, type Values, type WordKey, type Words } from "./words.ts";

/** How the site speaks in one language. */
export interface Locale {
  /** BCP 47, such as "pt-BR". */
  readonly language: string;
  /** The language's own name: "Deutsch". */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  readonly words: Words;
  /** "2021-03-05", "2021-03" or "2021" as people write it: "Mar 2021". */
  readonly formatDate: (date: string) => string;
  /** "in 5 minutes". */
  readonly inMinutes: (minutes: number) => string;
  /** The name of a country by its code (ISO 3166-1). Any other text comes back unchanged. */
  readonly countryName: (code: string) => string;
  /** The parts of a place in the language's order. They are given from small to large. */
  readonly formatPlace: (parts: readonly (string | undefined)[]) => string;
}

/** A text that is put into the visitor's language where it is shown. */
export type Phrase = (locale: Locale) => string;

export function phrase<Key extends WordKey>(key: Key, values: Values<Key, string | number>): Phrase {
  return ({ words }) => fill(words, key, values);
}

/** Digits and calendar are those of the résumé's data in every language. */
const asWritten = { calendar: "gregory", numberingSystem: "latn" };

const rightToLeft: ReadonlySet<string> = new Set(["Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"]);

/** Languages that name a place from large to small. */
const largestFirst: ReadonlySet<string> = new Set(["ja", "ko", "zh"]);

/** @throws {RangeError} when the language is no BCP 47 tag */
export function createLocale(language: string, words: Words): Locale {
  const tag = new Intl.Locale(language, asWritten).toString();
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options });
  const year = format({ year: "numeric" });
  const month = format({ year: "numeric", month: "short" });
  const day = format({ year: "numeric", month: "short", day: "numeric" });
  const relative = new Intl.RelativeTimeFormat(tag);
  const countries = new Intl.DisplayNames(tag, { type: "region" });
  const languages = new Intl.DisplayNames(tag, { type: "language", languageDisplay: "standard" });
  const { language: base, script = "" } = new Intl.Locale(language).maximize();
  return {
    language,
    name: capitalized(languages.of(language) ?? language, language),
    direction: rightToLeft.has(script) ? "rtl" : "ltr",
    words,
    formatDate: (date) => ([year, month, day][date.split("-").length - 1] ?? day).format(new Date(date)),
    inMinutes: (minutes) => relative.format(minutes, "minute"),
    countryName: (code) => (/^[a-z]{2}$/i.test(code) ? (countries.of(code.toUpperCase()) ?? code) : code),
    formatPlace: (parts) => {
      const known = parts.filter((part) => part !== undefined);
      return largestFirst.has(base) ? known.reverse().join(" ") : known.join(words.listSeparator);
    },
  };
}

function capitalized(text: string, language: string): string {
  const [first = "", ...others] = text;
  return `${first.toLocaleUpperCase(language)}${others.join("")}`;
}
