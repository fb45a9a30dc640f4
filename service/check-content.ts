import { join } from "node:path";
import { ContentError } from "./src/content.ts";
import { type Content, loadContent } from "./src/resume/content.ts";

/** Prints the faults and the warnings of a folder of content, else of content/, a line each. Ends with exit code 1 where there are faults. */
const [folder] = process.argv.slice(2);
const source = folder ?? join(import.meta.dirname, "content");
const warn = (lines: readonly string[]) => lines.map((line) => console.log(`warning: ${line}`));
try {
  const content = loadContent(source, folder);
  warn([...content.warnings, ...(await pdfWarnings(content))]);
} catch (error) {
  if (!(error instanceof ContentError)) {
    throw error;
  }
  console.log(error.message);
  warn(error.warnings);
  process.exitCode = 1;
}

/** What is odd about the PDFs. Nothing is known where they can't be made, such as before the service has its packages. */
async function pdfWarnings(content: Content): Promise<readonly string[]> {
  try {
    const { typesetPdfs } = await import("./pdf/make.ts");
    return (await typesetPdfs(source, content)).warnings;
  } catch {
    return [];
  }
}
