import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { buildImage, pushImage } from "../../lib/docker-images.ts";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { interruption } from "../../lib/interruption.ts";
import { inCache } from "../../lib/paths.ts";
import { pushLogin } from "../registry/access.ts";
import { imageContext, sharedContext } from "./context.ts";
import { DebianPackages, release } from "./debian.ts";
import { nodeVersion, type Recipe, recipes, sharedPackages } from "./recipes.ts";

/** The image that the others start from. It is in no registry. */
export const sharedImage = "resume-toolchain-base:latest";

/** The images that can be made, with their recipes. */
export function makeable(): { name: ImageName; reference: string; recipe: Recipe }[] {
  return Object.entries(pinnedImages).flatMap(([name, reference]) => {
    const recipe = Object.entries(recipes).find(([key]) => key === name)?.[1];
    const known = Object.keys(recipes).find((key): key is ImageName => key === name);
    return recipe && known ? [{ name: known, reference, recipe }] : [];
  });
}

/** Changes whenever an image would be made differently. */
export function recipeHash(): string {
  return createHash("sha256")
    .update(JSON.stringify([release, sharedPackages, makeable()]))
    .digest("hex")
    .slice(0, 16);
}

/** The program's own version in a Debian version: `5:8.0.6-3` is 8.0.6, `3.5.3+ds1-6` is 3.5.3. */
export function upstreamVersion(version: string): string {
  return version.replace(/^\d+:/, "").replace(/[-+~].*$/, "");
}

/** The version in a pinned reference: `nginx:1.30.6-alpine` has 1.30.6. */
export function pinnedImageVersion(reference: string): string {
  return /:v?(\d+(?:\.\d+)*)/.exec(reference)?.[1] ?? "";
}

/**
 * Makes every image and pushes it to the registry.
 * @returns the version of each one's program
 */
export async function makeImages(docker: Docker, registry: string): Promise<Partial<Record<ImageName, string>>> {
  const debian = await DebianPackages.open(inCache("debian"));
  const contexts = await mkdtemp(inCache("images-new-"));
  const versions: Partial<Record<ImageName, string>> = {};
  try {
    const shared = await debian.resolve(sharedPackages);
    await sharedContext(join(contexts, "shared"), debian, shared);
    await buildImage(docker, join(contexts, "shared"), sharedImage);
    for (const { name, reference, recipe } of makeable()) {
      interruption.throwIfAborted();
      const packages = await debian.resolve(recipe.packages, recipe.from === "libc" ? shared : []);
      const first = packages.find((entry) => entry.name === recipe.packages[0])?.version ?? "";
      const version = recipe.npm ? nodeVersion : upstreamVersion(first);
      const context = join(contexts, name);
      await imageContext(context, recipe, debian, packages, sharedImage, version);
      await buildImage(docker, context, `${registry}/${reference}`);
      await pushImage(docker, `${registry}/${reference}`, pushLogin());
      versions[name] = version;
    }
  } finally {
    await rm(contexts, { recursive: true, force: true });
  }
  await debian.forget();
  return versions;
}
