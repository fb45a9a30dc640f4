import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { isWebAddress } from "./resume/fields.ts";

/** Where the build puts the photos, below the service's folder. */
export const photoFolder = join("dist", "photos");

/** In pixels. Pages show a photo as wide as the first, or less. */
export const photoWidths = [160, 320] as const;

/** The formats of a photo by the ends of their files' names, the best first. The last is one that everything reads. */
export const photoFormats = { avif: "image/avif", webp: "image/webp", jpg: "image/jpeg" } as const;
export type PhotoFormat = keyof typeof photoFormats;
const formats: readonly PhotoFormat[] = ["avif", "webp", "jpg"];

interface PhotoFile {
  /** "photo-ada-jpg-160.avif". */
  readonly name: string;
  readonly format: PhotoFormat;
  readonly width: number;
}

/** The files that are made of a picture in the folder of the content, by its name there. */
export function photoFiles(image: string): readonly PhotoFile[] {
  const slug = image.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return formats.flatMap((format) =>
    photoWidths.map((width) => ({ name: `photo-${slug}-${width}.${format}`, format, width })),
  );
}

/** The path of a picture in the folder of the content; undefined where the text is no name of a file there. */
export function pictureFile(content: string, image: string | undefined): string | undefined {
  if (image === undefined || isWebAddress(image) || image.includes("\0")) {
    return undefined;
  }
  const path = resolve(content, image);
  const isInside = !relative(content, path).startsWith(`..${sep}`) && path.startsWith(resolve(content) + sep);
  return isInside && existsSync(path) ? path : undefined;
}

/** A photo that was made of a picture. */
export interface Photo {
  /** Of the narrowest file, in pixels. */
  readonly height: number;
  readonly files: readonly (PhotoFile & { readonly content: Buffer })[];
}

/** Reads the photos that were made of the content, by the pictures' names in its folder. */
export function readPhotos(root: string): ReadonlyMap<string, Photo> {
  const folder = join(root, photoFolder);
  const list = join(folder, "photos.json");
  if (!existsSync(list)) {
    return new Map();
  }
  const heights: unknown = JSON.parse(readFileSync(list, "utf8"));
  return new Map(
    Object.entries(Object(heights)).map(([image, height]) => [
      image,
      {
        height: Number(height),
        files: photoFiles(image).map((file) => ({ ...file, content: readFileSync(join(folder, file.name)) })),
      },
    ]),
  );
}
