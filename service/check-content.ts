import { join } from "node:path";
import { ContentError } from "./src/content.ts";
import { loadContent } from "./src/resume/content.ts";

/** Prints the faults and the warnings of a folder of content, else of content/, a line each. Ends with exit code 1 where there are faults. */
const [folder] = process.argv.slice(2);
const warn = (lines: readonly string[]) => lines.map((line) => console.log(`warning: ${line}`));
try {
  warn(loadContent(folder ?? join(import.meta.dirname, "content"), folder).warnings);
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
  console.log(error.message);
  warn(error.warnings);
  process.exitCode = 1;
}
