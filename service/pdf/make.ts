import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { faultLines } from "../src/content.ts";
import { pdfFolder } from "../src/pdfs.ts";
import { loadContent } from "../src/resume/content.ts";

/**
 * Makes the PDFs of a folder of content in dist/pdf/ below the service's folder. Where Typst has no program for the
 * machine, there are none.
 * @returns warnings, a line each
 * @throws {ContentError} when the content is invalid
 */
export async function makePdfs(root: string, from?: string): Promise<readonly string[]> {
  const content = loadContent(from ?? join(root, "content"), from);
  const folder = join(root, pdfFolder);
  rmSync(folder, { recursive: true, force: true });
  const typst = await loadTypst();
  if (typst === undefined) {
    return [`The site has no /resume.pdf, because Typst has no program for ${process.platform} on ${process.arch}.`];
  }
  return [content, ...content.translations].flatMap(({ prefix, file, pdfResume, locale }) => {
    const { bytes, warnings } = typst.createPdf(pdfResume, locale);
    const path = join(folder, prefix, "resume.pdf");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return faultLines(file, warnings);
  });
}

/** The modules with Typst; undefined where its package has no program for the machine. */
async function loadTypst() {
  try {
    return await import("./pdf.ts");
  } catch (error) {
    if (error instanceof Error && error.message.includes("native binding")) {
      return undefined;
    }
    throw error;
  }
}
