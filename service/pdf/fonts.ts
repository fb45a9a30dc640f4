import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A family of the service's packages, and the files of its styles. */
interface Family {
  readonly name: string;
  readonly package: string;
  /** Its folders, named like "400Regular". */
  readonly styles: readonly string[];
  /** Which characters need it. */
  readonly script: RegExp;
}

const upright = ["400Regular", "700Bold"] as const;

/** In the order in which they are asked for a character. All are under the SIL Open Font License. */
const families: readonly Family[] = [
  {
    name: "Noto Sans",
    package: "@expo-google-fonts/noto-sans",
    styles: [...upright, "400Regular_Italic", "700Bold_Italic"],
    script: /(?:)/u,
  },
  {
    name: "Noto Sans Arabic",
    package: "@expo-google-fonts/noto-sans-arabic",
    styles: upright,
    script: /\p{Script=Arabic}/u,
  },
];

export interface Fonts {
  readonly names: readonly string[];
  readonly files: Buffer[];
}

const packages = join(import.meta.dirname, "..", "node_modules");

/** Reads the fonts that a text needs. */
export function loadFonts(text: string): Fonts {
  const needed = families.filter(({ script }) => script.test(text));
  return {
    names: needed.map(({ name }) => name),
    files: needed.flatMap(({ name, package: folder, styles }) =>
      styles.map((style) => {
        const file = `${name.replaceAll(" ", "")}_${style}.ttf`;
        return readFileSync(join(packages, folder, style, file));
      }),
    ),
  };
}
