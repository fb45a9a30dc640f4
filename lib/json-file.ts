import { readFileSync } from "node:fs";
import { hasCode } from "./user-error.ts";

/** The value in a JSON file; undefined where there is no such file. @throws {SyntaxError} when the file is not JSON */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** The same, but undefined for a file that is not JSON: for files of ours that another version wrote or that were cut off. */
export function readJsonLeniently(file: string): unknown {
  try {
    return readJson(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
