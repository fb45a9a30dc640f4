import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash, type Document, immutableCaching, prepareDocument } from "../http/document.ts";

/** The files that pages load, by plain name ("icon.svg") and by name with the content hash. */
export interface Assets {
  readonly byName: ReadonlyMap<string, Document>;
  readonly byFile: ReadonlyMap<string, Document>;
  /** Returns the path of a file, such as "/static/icon.0123456789abcdef.svg". */
  url(name: string): string;
}

const assetTypes: Readonly<Record<string, string>> = {
  "apple-touch-icon.png": "image/png",
  "icon.svg": "image/svg+xml",
};

/** Reads and compresses all files of assets/ below the given folder. */
export function loadAssets(root: string): Assets {
  const byName = new Map<string, Document>();
  const byFile = new Map<string, Document>();
  const files = new Map<string, string>();
  for (const [name, type] of Object.entries(assetTypes)) {
    const content = readFileSync(join(root, "assets", name));
    const document = prepareDocument(content, { "Content-Type": type, "Cache-Control": immutableCaching });
    const file = name.replace(".", `.${contentHash(content)}.`);
    byName.set(name, document);
    byFile.set(file, document);
    files.set(name, file);
  }
  const url = (name: string): string => {
    const file = files.get(name);
    if (file === undefined) {
      throw new Error(`there is no asset "${name}"`);
    }
    return `/static/${file}`;
  };
  return { byName, byFile, url };
}
