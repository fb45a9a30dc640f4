import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // The file does not exist, or this user may not run it.
    return false;
  }
}

/** The full path of a program on PATH, with links resolved; undefined when there is none. */
export function which(name: string, path: string = process.env.PATH ?? ""): string | undefined {
  const file = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isProgram);
  return file === undefined ? undefined : realpathSync(file);
}
