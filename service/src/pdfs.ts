import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the build puts the PDFs, below the service's folder. The paths within are those of the site. */
export const pdfFolder = join("dist", "pdf");

/** Reads the PDFs that were made of the content, by their paths on the site: "/resume.pdf". */
export function readPdfs(root: string): ReadonlyMap<string, Buffer> {
  const folder = join(root, pdfFolder);
  const files = globSync("**/resume.pdf", { cwd: folder }).sort();
  return new Map(files.map((file) => [`/${file.replaceAll("\\", "/")}`, readFileSync(join(folder, file))]));
}
