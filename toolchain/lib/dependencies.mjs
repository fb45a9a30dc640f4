// Plain JavaScript: start.mjs uses this before it has a Node that runs TypeScript.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry */

/** @param {string} file @returns {Record<string, Entry>} */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

/**
 * Whether node_modules matches package-lock.json. npm records what it has installed, so that this reads only two files.
 * @param {string} folder with a package-lock.json
 */
export function dependenciesAreInstalled(folder) {
  const record = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(record)) {
    return false;
  }
  const locked = packagesIn(join(folder, "package-lock.json"));
  delete locked[""];
  const installed = packagesIn(record);
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every(([path, { version, optional, devOptional, peer }]) => {
      const found = installed[path];
      // npm omits optional packages for other platforms.
      return found ? found.version === version : optional || devOptional || peer;
    })
  );
}
