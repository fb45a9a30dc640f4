import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { faultLines } from "../src/content.ts";
import { pdfFolder } from "../src/pdfs.ts";
import { type Content, loadContent } from "../src/resume/content.ts";
import type { Photo } from "./pdf.ts";

/**
 * Makes the PDFs of a folder of content in dist/pdf/ below the service's folder. Where Typst has no program for the
 * machine, there are none.
 * @returns warnings, a line each
 * @throws {ContentError} when the content is invalid
 */
export async function makePdfs(root: string, from?: string): Promise<readonly string[]> {
  const source = from ?? join(root, "content");
  const { files, warnings } = await typesetPdfs(source, loadContent(source, from));
  const folder = join(root, pdfFolder);
  rmSync(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return warnings;
}

interface Pdfs {
  /** By their paths on the site. */
  readonly files: readonly { readonly path: string; readonly bytes: Buffer }[];
  /** A line each. */
  readonly warnings: readonly string[];
}

/** Typesets the content of a folder in each of its languages. What Typst refuses is a warning, and has no PDF. */
export async function typesetPdfs(folder: string, content: Content): Promise<Pdfs> {
  const typst = await loadTypst();
  if (typst === undefined) {
    const problem = `gets no PDF, because Typst has no program for ${process.platform} on ${process.arch}`;
    return { files: [], warnings: faultLines(content.file, [{ field: "", problem }]) };
  }
  const files: Pdfs["files"][number][] = [];
  const warnings: string[] = [];
  for (const { prefix, file, pdfResume, locale } of [content, ...content.translations]) {
    try {
      const pdf = typst.createPdf(pdfResume, locale, readPhoto(folder, pdfResume.basics.image));
      files.push({ path: `${prefix}/resume.pdf`, bytes: pdf.bytes });
      warnings.push(...faultLines(file, pdf.warnings));
    } catch (error) {
      const problem = `gets no PDF: ${error instanceof Error ? error.message : String(error)}`;
      warnings.push(...faultLines(file, [{ field: "", problem }]));
    }
  }
  return { files, warnings };
}

/** A photo is a file of the content. One that is elsewhere is on the pages alone. */
function readPhoto(folder: string, image: string | undefined): Photo | undefined {
  const file = join(folder, image ?? "");
  return image === undefined || !/^[\w. -]+\.\w+$/.test(image) || !existsSync(file)
    ? undefined
    : { name: `photo${extname(image)}`, content: readFileSync(file) };
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
