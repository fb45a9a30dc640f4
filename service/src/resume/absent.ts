/** Texts that look empty: blanks, zero-width characters, and letters without a shape (Hangul fillers, empty Braille). */
const looksEmpty = /^[\s\p{Cf}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/**
 * JSON without what means nothing: `null`, texts that look empty, and lists and objects of nothing else are `undefined`.
 * Texts are trimmed. Items of a list keep their places, so that messages name them as the file does.
 */
export function withoutEmpty(value: unknown): unknown {
  if (typeof value === "string") {
    return looksEmpty.test(value) ? undefined : value.trim();
  }
  if (value === null || value === undefined) {
    return undefined;
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value.map(withoutEmpty);
    return items.every((item) => item === undefined) ? undefined : items;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value)
      .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
      .filter(([, inner]) => inner !== undefined);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return value;
}
