import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installLargeFont, type LargeFont, largeFonts } from "./large.ts";

export interface Fonts {
  /** Families, in the order in which they are asked for a character. */
  readonly names: readonly string[];
  readonly files: Buffer[];
}

const service = join(import.meta.dirname, "../..");
const upright = ["400Regular", "700Bold"] as const;

const largeNames: Readonly<Record<LargeFont, string>> = {
  "noto-sans-jp": "Noto Sans JP",
  "noto-sans-sc": "Noto Sans SC",
  "noto-emoji": "Noto Emoji",
};

/** Arrows, check marks, stars and the like are in a font that Typst brings. */
const symbols = "DejaVu Sans Mono";

/**
 * Reads the fonts that a text needs. All are Noto, under the SIL Open Font License.
 * @param language ISO 639
 * @throws {Error} when npm can't install one
 */
export function loadFonts(text: string, language: string): Fonts {
  const families = [
    readFamily(service, "noto-sans", "Noto Sans", [...upright, "400Regular_Italic", "700Bold_Italic"]),
    ...(/\p{Script=Arabic}/u.test(text) ? [readFamily(service, "amiri", "Amiri", upright)] : []),
    ...largeFonts(text, language).map((name) => readFamily(installLargeFont(name), name, largeNames[name], upright)),
  ];
  return { names: [...families.map(({ name }) => name), symbols], files: families.flatMap(({ files }) => files) };
}

/** @param folder with node_modules/ */
function readFamily(folder: string, packageName: string, name: string, styles: readonly string[]) {
  const files = styles.map((style) => {
    const file = `${name.replaceAll(" ", "")}_${style}.ttf`;
    return readFileSync(join(folder, "node_modules/@expo-google-fonts", packageName, style, file));
  });
  return { name, files };
}
