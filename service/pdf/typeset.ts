import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NodeCompiler, type NodeTypstDocument } from "@myriaddreamin/typst-ts-node-compiler";
import type { PdfDocument } from "./document.ts";
import { loadFonts } from "./fonts/fonts.ts";

const folder = import.meta.dirname;
const template = readFileSync(join(folder, "resume.typ"), "utf8");

export interface Typeset {
  readonly pdf: Buffer;
  readonly pages: number;
  /** How much of the last page is filled, from 0 to 1. */
  readonly lastPageFill: number;
  /** Why the file is no PDF/UA-1; all are empty when it is. It is tagged in any case. */
  readonly refusals: Refusals;
}

export interface Refusals {
  /** Characters that no font has. */
  readonly missing: readonly string[];
  /** Anything else, in Typst's words. */
  readonly others: readonly string[];
}

/**
 * Typesets a document: the same bytes for the same data.
 * @throws {Error} when Typst refuses it, which it does for an image that it can't read
 */
export function typeset(document: PdfDocument, photo?: Buffer): Typeset {
  const data = JSON.stringify(document);
  const fonts = loadFonts(data, document.lang);
  const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontBlobs: fonts.files }] });
  try {
    if (document.photo !== null && photo !== undefined) {
      compiler.mapShadow(join(folder, document.photo.path), photo);
    }
    const compiled = compiler.compile({
      mainFileContent: template,
      inputs: { document: data, fonts: JSON.stringify(fonts.names) },
    });
    if (compiled.result === null) {
      throw new Error(messages(compiled.takeDiagnostics()?.shortDiagnostics ?? []).join("; "));
    }
    const pages = compiled.result.numOfPages;
    const [lastPageFill] = compiler.query(compiled.result, { selector: "<fill>", field: "value" });
    return { ...exportPdf(compiler, compiled.result), pages, lastPageFill };
  } finally {
    compiler.evictCache(0);
  }
}

/** Exports as PDF/UA-1, or as a PDF with tags where Typst refuses that. */
function exportPdf(compiler: NodeCompiler, document: NodeTypstDocument): Pick<Typeset, "pdf" | "refusals"> {
  try {
    return { pdf: compiler.pdf(document, { pdfStandard: "ua-1" }), refusals: { missing: [], others: [] } };
  } catch (error) {
    const refusals = readRefusals(error instanceof Error ? error.message : String(error));
    if (refusals.missing.length + refusals.others.length === 0) {
      throw error;
    }
    return { pdf: compiler.pdf(document), refusals };
  }
}

/** Reads what Typst says of a document: its diagnostics as Rust prints them. */
function readRefusals(text: string): Refusals {
  const errors = Array.from(text.matchAll(/message: "PDF\/UA-1 error: ((?:[^"\\]|\\.)*)"/g), ([, quoted = ""]) =>
    unquote(quoted),
  );
  const missing = new Set<string>();
  const others = new Set<string>();
  for (const error of errors) {
    const quoted = /^the text `"(.*)"` could not be displayed/.exec(error)?.[1];
    (quoted === undefined ? others : missing).add(quoted === undefined ? error : unquote(quoted));
  }
  return { missing: [...missing], others: [...others] };
}

/** A text that Rust prints between quotes. */
function unquote(text: string): string {
  return text.replace(/\\(?:u\{(\w+)\}|(.))/g, (_, code: string | undefined, character: string) =>
    code === undefined ? character : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

function messages(diagnostics: readonly unknown[]): string[] {
  return diagnostics.map((diagnostic) =>
    typeof diagnostic === "object" && diagnostic !== null && "message" in diagnostic
      ? String(diagnostic.message)
      : String(diagnostic),
  );
}
