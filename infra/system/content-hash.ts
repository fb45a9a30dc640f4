import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * A hash of what a Docker build sees of a folder (names, modes, contents) and of further facts: 12 hex digits.
 *
 * It must change whenever the docker provider would build the image anew: a rebuilt image has another id, and replicas
 * that kept their names would be replaced in place, all at once.
 *
 * @throws Error where the folder's .dockerignore is not a plain list, see below
 */
export function contentHash(folder: string, facts: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  for (const file of contextFiles(folder)) {
    const path = join(folder, file);
    hash
      .update(`${file}\0${statSync(path).mode}\0`)
      .update(readFileSync(path))
      .update("\0");
  }
  for (const [name, value] of Object.entries(facts).sort()) hash.update(`${name}\0${value}\0`);
  return hash.digest("hex").slice(0, 12);
}

/** The files of a build context, as paths relative to it, in a fixed order. */
export function contextFiles(folder: string): string[] {
  const isIn = listed(folder);
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isIn(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(folder, entry.name) : [entry.name]))
    .sort();
}

const filesBelow = (folder: string, name: string): string[] =>
  readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** Which top-level entries are part of the context: all, or those that a .dockerignore of the form `*`, `!name`, … lists. */
function listed(folder: string): (name: string) => boolean {
  const path = join(folder, ".dockerignore");
  if (!existsSync(path)) return () => true;
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.trim());
  const [everything, ...exceptions] = lines.filter((line) => line !== "" && !line.startsWith("#"));
  if (everything !== "*" || exceptions.some((line) => !/^![\w.-]+$/.test(line))) {
    throw new Error(`${path}: it must ignore "*" and then name the top-level entries of the context, each as "!name"`);
  }
  const names = new Set(exceptions.map((line) => line.slice(1)));
  return (name) => names.has(name);
}
