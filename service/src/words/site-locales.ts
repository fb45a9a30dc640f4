import { findLanguages } from "../languages.ts";
import { loadResume } from "../resume/resume.ts";
import type { Locale } from "./locale.ts";
import { loadLocale } from "./own-words.ts";

export interface SiteLocale {
  /** What the paths of the language begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  readonly locale: Locale;
}

/** The languages of a folder of content, for what nginx answers by itself. Faults are loadContent's to tell. */
export function siteLocales(content: string): readonly [SiteLocale, ...SiteLocale[]] {
  const [first, ...others] = findLanguages(content);
  return [
    { prefix: first.prefix, locale: loadLocale(content, loadResume(content).resume.language).locale },
    ...others.map(({ code, prefix }) => ({ prefix, locale: loadLocale(content, code).locale })),
  ];
}
