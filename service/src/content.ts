/** A fault of a content file. */
export interface Fault {
  /** Where in the file: the field's full name, a heading, or a line; empty for the file as a whole. */
  readonly field: string;
  readonly problem: string;
}

/** The owner's content is invalid. Lists every fault of every file, a line each: `file:field: sentence`. */
export class ContentError extends Error {
  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "ContentError";
  }
}

/** The faults of a file as lines. What they quote of the file may have line breaks and escape codes in it. */
export function faultLines(file: string, faults: readonly Fault[]): string[] {
  return faults
    .map(({ field, problem }) => `content/${file}:${field === "" ? "" : `${field}:`} ${problem}.`)
    .map((line) => line.replace(/[\s\p{Cc}]+/gu, " "));
}
