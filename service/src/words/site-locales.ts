import { fileIn, findLanguages } from "../languages.ts";
import { pictureFile } from "../photos.ts";
import { loadResume, type Resume } from "../resume/resume.ts";
import type { Locale } from "./locale.ts";
import { loadLocale } from "./own-words.ts";

export interface SiteLocale {
  /** What the paths of the language begin with: "/de", or nothing for the first language. */
  readonly prefix: string;
  readonly locale: Locale;
  /** The name of the person's picture in the folder, where it is there. */
  readonly picture?: string | undefined;
}

/** The languages of a folder of content, for what nginx answers by itself. Faults are loadContent's to tell. */
export function siteLocales(content: string): readonly [SiteLocale, ...SiteLocale[]] {
  const [first, ...others] = findLanguages(content);
  const { resume } = loadResume(content);
  const pictureOf = ({ basics: { image } }: Resume) => (pictureFile(content, image) === undefined ? undefined : image);
  return [
    { prefix: first.prefix, locale: loadLocale(content, resume.language).locale, picture: pictureOf(resume) },
    ...others.map((other) => {
      const { code, prefix } = other;
      const of = { language: code, site: resume.site };
      const translation = loadResume(content, fileIn(other, "resume.json"), of).resume;
      return { prefix, locale: loadLocale(content, code).locale, picture: pictureOf(translation) };
    }),
  ];
}
