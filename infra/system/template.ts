import { readFileSync } from "node:fs";

/**
 * The text of a file in the project with each `{{name}}` replaced by its value.
 *
 * @throws {Error} when the file uses a value that is missing, or does not use one
 */
export function renderTemplate(path: string, values: Readonly<Record<string, string | number>>): string {
  const used = new Set<string>();
  const text = readFileSync(path, "utf8").replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`${path}: nothing is given for {{${name}}}`);
    }
    used.add(name);
    return String(value);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) {
    throw new Error(`${path}: does not use ${unused.join(", ")}`);
  }
  return text;
}
