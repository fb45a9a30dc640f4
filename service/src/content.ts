/** A fault or a warning of a content file. */
export interface Fault {
  /** Where in the file: the field's full name, a heading, or a line; empty for the file as a whole. */
  readonly field: string;
  /** What is there, and what to do: the end of a sentence that begins with the field, without a full stop. */
  readonly problem: string;
}

/** What is found in a content file: nothing is published with faults, warnings are only told. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: Fault[];
}

/** The owner's content is invalid. Lists every fault of every file, a line each: `file:field: sentence`. */
export class ContentError extends Error {
  /** The warnings beside the faults, a line each. */
  readonly warnings: readonly string[];

  constructor(faults: readonly string[], warnings: readonly string[] = []) {
    super(faults.join("\n"));
    this.name = "ContentError";
    this.warnings = warnings;
  }
}

/** Faults or warnings of a file, which is named as given, as lines. What they quote of the file may have line breaks and escape codes in it. */
export function faultLines(file: string, faults: readonly Fault[]): string[] {
  return faults
    .map(({ field, problem }) => `${file}:${field === "" ? "" : `${field}:`} ${problem}.`)
    .map((line) => line.replace(/[\s\p{Cc}]+/gu, " "));
}
