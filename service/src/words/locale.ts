import { fill, type Values, type WordKey, type Words } from "./words.ts";

/** How the site speaks in one language. */
export interface Locale {
  /** BCP 47, such as "pt-BR". */
  readonly language: string;
  readonly words: Words;
  /** "2021-03-05", "2021-03" or "2021" as people write it: "Mar 2021". */
  readonly formatDate: (date: string) => string;
  /** "in 5 minutes". */
  readonly inMinutes: (minutes: number) => string;
}

/** A text that is put into the visitor's language where it is shown. */
export type Phrase = (locale: Locale) => string;

export function phrase<Key extends WordKey>(key: Key, values: Values<Key, string | number>): Phrase {
  return ({ words }) => fill(words, key, values);
}

/** Digits and calendar are those of the résumé's data in every language. */
const asWritten = "u-ca-gregory-nu-latn";

/** @throws {RangeError} when the language is no BCP 47 tag */
export function createLocale(language: string, words: Words): Locale {
  const tag = `${language}-${asWritten}`;
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: "UTC", ...options });
  const year = format({ year: "numeric" });
  const month = format({ year: "numeric", month: "short" });
  const day = format({ year: "numeric", month: "short", day: "numeric" });
  const relative = new Intl.RelativeTimeFormat(tag);
  return {
    language,
    words,
    formatDate: (date) => ([year, month, day][date.split("-").length - 1] ?? day).format(new Date(date)),
    inMinutes: (minutes) => relative.format(minutes, "minute"),
  };
}
