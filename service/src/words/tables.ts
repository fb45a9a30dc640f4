import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { it } from "./it.ts";
import { ja } from "./ja.ts";
import { nl } from "./nl.ts";
import { pl } from "./pl.ts";
import { pt } from "./pt.ts";
import { sv } from "./sv.ts";
import type { Words } from "./words.ts";
import { zh } from "./zh.ts";

/** The site's words by language. */
export const tables: ReadonlyMap<string, Words> = new Map(
  Object.entries({ en, de, fr, es, it, pt, nl, sv, pl, ja, zh, ar }),
);

/**
 * The words of a language: "de-CH" has those of "de". A language in another script than its table's has none, such as "zh-TW".
 * @param language BCP 47
 */
export function tableOf(language: string): Words | undefined {
  const { language: base, script } = new Intl.Locale(language).maximize();
  return new Intl.Locale(base).maximize().script === script ? tables.get(base) : undefined;
}
