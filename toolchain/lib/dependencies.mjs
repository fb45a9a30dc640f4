// Plain JavaScript, because start.mjs uses it before there is a Node that runs TypeScript.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, peer?: boolean, inBundle?: boolean }} Entry */

/** @param {string} file @returns {Record<string, Entry>} */
const entries = (file) => JSON.parse(readFileSync(file, "utf8")).packages ?? {};

/**
 * Whether node_modules holds what package-lock.json asks for. npm itself writes down what it has installed, so this
 * costs two small reads.
 * @param {string} folder with a package-lock.json
 */
export const dependenciesAreInstalled = (folder) => {
  const record = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(record)) {
    return false;
  }
  const wanted = entries(join(folder, "package-lock.json"));
  const installed = entries(record);
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") {
      continue;
    }
    const there = installed[path];
    // What is optional may be left out, as packages for another platform are.
    if (there ? there.version !== entry.version : !(entry.optional || entry.devOptional || entry.peer)) {
      return false;
    }
  }
  return Object.keys(installed).every((path) => path in wanted);
};
