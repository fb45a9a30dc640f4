import { existsSync, readdirSync } from "node:fs";

/** A language of the site, by the names of the files in the content folder. */
export type Language = FirstLanguage | Translation;

/** That of resume.json and experience.md. */
export interface FirstLanguage {
  readonly code: undefined;
  readonly prefix: "";
}

/** That of resume.de.json and experience.de.md. */
export interface Translation {
  /** "de" */
  readonly code: string;
  /** What its paths begin with: "/de". */
  readonly prefix: string;
}

/** The languages of a content folder. */
export function findLanguages(folder: string): readonly [FirstLanguage, ...Translation[]] {
  const codes = (existsSync(folder) ? readdirSync(folder) : [])
    .flatMap((name) => /^resume\.([a-z]{2,3}(?:-[a-z0-9]{2,8})*)\.json$/i.exec(name)?.[1] ?? [])
    .sort();
  return [{ code: undefined, prefix: "" }, ...codes.map((code) => ({ code, prefix: `/${code.toLowerCase()}` }))];
}

/** A file's name in a language: "resume.json" as "resume.de.json". */
export function fileIn({ code }: Language, file: string): string {
  return code === undefined ? file : file.replace(/\.[a-z]+$/, `.${code}$&`);
}

/** The names of files that belong to a language, such as "words.de.json" and "contact.de.md", and to none of these. */
export function filesOfNoLanguage(folder: string, files: ReadonlySet<string>): readonly string[] {
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter(
      (name) => /^(?:words|experience|projects|contact|imprint)\.[^.]+\.(?:json|md)$/.test(name) && !files.has(name),
    )
    .sort();
}

/** What belongs to a path: that with the prefix of the path, else the first. */
export function languageAt<T extends { readonly prefix: string }>(
  [first, ...others]: readonly [T, ...T[]],
  path: string,
): T {
  const start = `${path.toLowerCase()}/`;
  return others.find(({ prefix }) => start.startsWith(`${prefix}/`)) ?? first;
}
