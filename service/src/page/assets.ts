import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contentHash, type Document, dayCaching, immutableCaching, prepareDocument } from "../http/document.ts";
import { type Photo, photoFormats } from "../photos.ts";

/** The files that pages load, by plain name ("icon.svg") and by name with the content hash. */
export interface Assets {
  readonly byName: ReadonlyMap<string, Document>;
  readonly byFile: ReadonlyMap<string, Document>;
  /** Returns the path of a file, such as "/static/icon.0123456789abcdef.svg". */
  url(name: string): string;
  /** The icon that pages name. */
  readonly icon: { readonly type: string; readonly url: string };
  /** What is at /favicon.ico. */
  readonly favicon: Document;
}

const svgType = "image/svg+xml";
const icoType = "image/x-icon";
const assetTypes: Readonly<Record<string, string>> = {
  "apple-touch-icon.png": "image/png",
  "icon.svg": svgType,
};

/** Names of the owner's files that are in the place of ours, in the folder of content. */
const ownNames: Readonly<Record<string, string>> = {
  "apple-touch-icon.png": "apple-touch-icon.png",
  "icon.svg": "favicon.svg",
};

/**
 * Reads and compresses all files of assets/ below the given folder, and the files of photos.
 * @param content the folder of content, whose icons are taken where they are there
 */
export function loadAssets(
  root: string,
  content: string = join(root, "content"),
  photos: Iterable<Photo> = [],
): Assets {
  const ownFile = (name: string) => {
    const path = join(content, name);
    return existsSync(path) ? path : undefined;
  };
  const byName = new Map<string, Document>();
  const byFile = new Map<string, Document>();
  const files = new Map<string, string>();
  const read = Object.entries(assetTypes).map(([name, type]) => ({
    name,
    type,
    content: readFileSync(ownFile(ownNames[name] ?? name) ?? join(root, "assets", name)),
  }));
  const made = [...photos].flatMap((photo) =>
    photo.files.map((file) => ({ ...file, type: photoFormats[file.format] })),
  );
  for (const { name, type, content } of [...read, ...made]) {
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
  const [ownIco, ownSvg] = [ownFile("favicon.ico"), ownFile("favicon.svg")];
  const isIco = ownIco !== undefined || ownSvg === undefined;
  const faviconType = isIco ? icoType : svgType;
  return {
    byName,
    byFile,
    url,
    icon:
      ownIco !== undefined && ownSvg === undefined
        ? { type: icoType, url: "/favicon.ico" }
        : { type: svgType, url: url("icon.svg") },
    favicon: prepareDocument(readFileSync(ownIco ?? ownSvg ?? join(root, "assets", "favicon.ico")), {
      "Content-Type": faviconType,
      "Cache-Control": dayCaching,
    }),
  };
}
