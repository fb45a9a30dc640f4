import { ContentError } from "./src/content.ts";
import { loadContent } from "./src/resume/content.ts";

/** Prints each fault of the content, a line each, and ends with exit code 1 where there are any. */
try {
  loadContent(import.meta.dirname);
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
  console.log(error.message);
  process.exitCode = 1;
}
