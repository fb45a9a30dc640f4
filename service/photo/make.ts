import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sharp } from "sharp";
import { faultLines } from "../src/content.ts";
import { type PhotoFormat, photoFiles, photoFolder, photoWidths, pictureFile } from "../src/photos.ts";
import { loadContent } from "../src/resume/content.ts";
import { openPicture } from "./picture.ts";

/**
 * Makes the photos of a folder of content in dist/photos/ below the service's folder. They have nothing of the picture
 * but its pixels: no place, and no date.
 * @returns warnings, a line each
 * @throws {ContentError} when the content is invalid
 */
export async function makePhotos(root: string, from?: string): Promise<readonly string[]> {
  const folder = from ?? join(root, "content");
  const content = loadContent(folder, from);
  const made = join(root, photoFolder);
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  const heights: Record<string, number> = {};
  const warnings: string[] = [];
  for (const { file, resume } of [content, ...content.translations]) {
    const { image } = resume.basics;
    const picture = pictureFile(folder, image);
    if (image === undefined || picture === undefined || image in heights) {
      continue;
    }
    try {
      heights[image] = await makePhoto(picture, image, made);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      const problem = `is "${image}", which can't be read as a picture and is not shown (${reason}): use JPEG, PNG or WebP`;
      warnings.push(...faultLines(file, [{ field: "basics.image", problem }]));
    }
  }
  writeFileSync(join(made, "photos.json"), JSON.stringify(heights));
  return warnings;
}

/** @returns the height of the narrowest, in pixels */
async function makePhoto(picture: string, image: string, folder: string): Promise<number> {
  // All sizes first: a picture that can't be read leaves no file.
  const files = await Promise.all(
    photoFiles(image).map(async ({ name, format, width }) => {
      const sized = openPicture(picture).resize({ width });
      return { name, width, ...(await encoded(sized, format).toBuffer({ resolveWithObject: true })) };
    }),
  );
  for (const { name, data } of files) {
    writeFileSync(join(folder, name), data);
  }
  return files.find(({ width }) => width === photoWidths[0])?.info.height ?? 0;
}

function encoded(picture: Sharp, format: PhotoFormat): Sharp {
  switch (format) {
    case "avif":
      return picture.avif({ quality: 60 });
    case "webp":
      return picture.webp({ quality: 82 });
    case "jpg":
      return picture.jpeg({ quality: 82, mozjpeg: true });
  }
}
