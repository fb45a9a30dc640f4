import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Fault } from "../content.ts";

/** A file's text, or what is wrong with the file. */
export type ReadText = { readonly text: string | undefined } | { readonly fault: Fault };

/** Reads a file in UTF-8, with or without a byte order mark. The text of a missing file is undefined. */
export function readText(path: string): ReadText {
  if (!existsSync(path)) {
    return { text: undefined };
  }
  const bytes = readFileSync(path);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { fault: { field: wrongLine(bytes), problem: "is not UTF-8: save the file in this encoding" } };
  }
}

/** The first line that is not UTF-8; none in UTF-16, where lines can't be told by their bytes. */
function wrongLine(bytes: Buffer): string {
  if (bytes.includes(0)) {
    return "";
  }
  // A line break is the same byte in UTF-8 and in the encodings of single bytes, and part of no other character.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for (let from = 0, line = 1; from <= bytes.length; line += 1) {
    const at = bytes.indexOf("\n", from);
    const end = at === -1 ? bytes.length : at;
    try {
      decoder.decode(bytes.subarray(from, end));
    } catch {
      return `line ${line}`;
    }
    from = end + 1;
  }
  return "";
}

/** Reads a JSON file. @returns its value, or a fault that names the line where the file ends to be JSON */
export function readJson(path: string): { readonly value: unknown } | { readonly fault: Fault } {
  const read = readText(path);
  if ("fault" in read) {
    return read;
  }
  if (read.text === undefined) {
    return { fault: { field: "", problem: `is not there: write your résumé into a file named ${basename(path)}` } };
  }
  try {
    return { value: JSON.parse(read.text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    const line = /\(line (\d+) /.exec(error.message)?.[1];
    return { fault: { field: line === undefined ? "" : `line ${line}`, problem: `is not JSON: ${error.message}` } };
  }
}
