import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Fonts whose packages are too large for everyone's `npm ci`. They are installed where a text needs them. Each has a
 * package.json and a lock file here, in the folder of its name.
 */
export type LargeFont = (typeof names)[number];

const names = ["noto-sans-jp", "noto-sans-sc", "noto-emoji"] as const;

export function isLargeFont(name: string): name is LargeFont {
  return names.some((known) => known === name);
}

const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Characters, their punctuation, and the wide forms of Latin ones. */
const characters = /[\p{Script=Han}\u3000-\u303F\uFF00-\uFFEF]/u;
/** Others, such as "✓", are text. */
const emoji = /\p{Emoji_Presentation}|\uFE0F/u;

/**
 * The large fonts that a text needs. Japan and China write the same characters differently: the language tells which, else
 * the text.
 * @param language ISO 639, where it is known
 */
export function largeFonts(text: string, language: string | undefined): readonly LargeFont[] {
  const pictures: readonly LargeFont[] = emoji.test(text) ? ["noto-emoji"] : [];
  return [...characterFonts(text, language), ...pictures];
}

function characterFonts(text: string, language: string | undefined): readonly LargeFont[] {
  if (language === "ja" || (language !== "zh" && kana.test(text))) {
    return ["noto-sans-jp"];
  }
  if (language === "zh" || characters.test(text)) {
    return kana.test(text) ? ["noto-sans-sc", "noto-sans-jp"] : ["noto-sans-sc"];
  }
  return [];
}

/** Not below pdf/, which is part of what the image is built from. */
const installed = join(import.meta.dirname, "../../node_modules/.fonts");

/**
 * Returns the folder with a font's node_modules/, after `npm ci` where it is not there yet.
 * @throws {Error} when npm can't install it
 */
export function installLargeFont(name: LargeFont): string {
  const folder = join(installed, name);
  // npm writes this file last.
  if (!existsSync(join(folder, "node_modules/.package-lock.json"))) {
    mkdirSync(folder, { recursive: true });
    for (const file of ["package.json", "package-lock.json"]) {
      cpSync(join(import.meta.dirname, name, file), join(folder, file));
    }
    // Standard output is for what is asked for.
    console.error(`Installing the font ${name}, which the résumé's texts need (npm ci).`);
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status, stderr, error } = spawnSync("npm", args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) {
      throw new Error(`npm can't install the font ${name}: ${(error?.message ?? stderr).trim()}`);
    }
  }
  return folder;
}
