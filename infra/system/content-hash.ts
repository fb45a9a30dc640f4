import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A hash of what a Docker build sees of a folder and of further facts: 12 hex digits, the same on every machine.
 *
 * Honours the folder's .dockerignore as far as it names top-level entries.
 *
 * @throws Error where .dockerignore has a pattern that is more than such a name
 */
export function contentHash(folder: string, facts: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const file of contextFiles(folder))
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(folder, file)))
      .update("\0");
  for (const [name, value] of Object.entries(facts).sort()) hash.update(`${name}\0${value}\0`);
  return hash.digest("hex").slice(0, 12);
}

/** The files of a build context, as paths relative to it, in a fixed order. */
export function contextFiles(folder: string): string[] {
  const ignored = ignoredNames(folder);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .filter((path) => !ignored.has(path.split("/")[0] ?? ""))
    .sort();
}

function ignoredNames(folder: string): Set<string> {
  const path = join(folder, ".dockerignore");
  if (!existsSync(path)) return new Set();
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const names = lines.filter((line) => line !== "" && !line.startsWith("#"));
  for (const name of names) {
    if (!/^[\w.-]+$/.test(name)) throw new Error(`${path}: "${name}" is not the plain name of a top-level entry`);
  }
  return new Set(names);
}
