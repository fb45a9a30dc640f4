import { en } from "./en.ts";

export type WordKey = keyof typeof en;

/** The site's words in one language. A text has values' names in braces: "Projects of {name}." */
export type Words = Readonly<Record<WordKey, string>>;

export function isWordKey(text: string): text is WordKey {
  return Object.hasOwn(en, text);
}

export const wordKeys: readonly WordKey[] = Object.keys(en).filter(isWordKey);

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The values that a text needs, by their names in braces. */
export type Values<Key extends WordKey, Value> = Readonly<Record<Names<(typeof en)[Key]>, Value>>;

const nameInBraces = /\{(\w+)\}/;

/** The names in braces of a text, each once and sorted. */
export function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(nameInBraces).filter((_piece, index) => index % 2 === 1))].sort();
}

/** Returns a text with its values. */
export function fill<Key extends WordKey>(words: Words, key: Key, values: Values<Key, string | number>): string {
  return split(words, key, values).join("");
}

/** Returns a text in pieces: what is written, and the values between. */
export function split<Key extends WordKey, Value>(
  words: Words,
  key: Key,
  values: Values<Key, Value>,
): readonly (string | Value)[] {
  const byName = new Map<string, Value>(Object.entries(values));
  return words[key].split(nameInBraces).map((piece, index) => (index % 2 === 0 ? piece : (byName.get(piece) ?? "")));
}
