import { join } from "node:path";
import { findLanguages } from "../languages.ts";
import { loadResume } from "../resume/resume.ts";
import type { Locale } from "./locale.ts";
import { loadLocale } from "./own-words.ts";

export interface SiteLocale {
  /** What the paths of the language begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  readonly locale: Locale;
}

/** The languages of content/ below the given folder, for what nginx answers by itself. Faults are loadContent's to tell. */
export function siteLocales(root: string): readonly [SiteLocale, ...SiteLocale[]] {
  const [first, ...others] = findLanguages(join(root, "content"));
  return [
    { prefix: first.prefix, locale: loadLocale(root, loadResume(root).resume.language).locale },
    ...others.map(({ code, prefix }) => ({ prefix, locale: loadLocale(root, code).locale })),
  ];
}
