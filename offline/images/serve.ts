import type Docker from "dockerode";
import { z } from "zod";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { type ProbeCache, retryHint } from "../../lib/probe-cache.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { holdsImage, startRegistry } from "../registry/registry.ts";
import { makeable, makeImages, pinnedImageVersion, recipeHash } from "./make.ts";

const madeImages = z.object({ hash: z.string(), versions: z.record(z.string(), z.string()) });

async function make(docker: Docker, address: string): Promise<Record<string, string>> {
  try {
    return await withProgress(
      "images",
      `no image registry is reached (${retryHint}); making the images from Debian's packages (1 min)`,
      () => makeImages(docker, address),
    );
  } catch (error) {
    if (!/connection refused|no such host|i\/o timeout/.test(messageOf(error))) {
      throw error;
    }
    throw new UserError(
      `images: the Docker engine reaches neither an image registry nor this machine's at ${address} (${messageOf(error)}). Use an engine of this machine, or set resume:imageRegistry to a mirror that it reaches.`,
    );
  }
}

/**
 * Makes the images, unless they are made, and serves them from the local registry.
 * @returns the registry's address, and the images that can't be made
 * @throws {UserError} that says what the user must do
 */
export async function serveMadeImages(
  docker: Docker,
  probes: ProbeCache,
): Promise<{ registry: string; missing: ImageName[] }> {
  if (!which("apt-get")) {
    probes.write("outOfReach.images", undefined);
    throw new UserError(
      `images: the Docker engine can't pull ${pinnedImages.busybox}, and images can be made only on a Debian. Give it access to an image registry, or set resume:imageRegistry to a mirror.`,
    );
  }
  const address = await startRegistry();
  const references = makeable().map(({ reference }) => reference);
  const elapsed = stopwatch();
  const known = probes.read("images", madeImages);
  const there =
    known?.hash === recipeHash() &&
    (await Promise.all(references.map((ref) => holdsImage(address, ref)))).every(Boolean);
  const versions = known && there ? known.versions : await make(docker, address);
  if (!there) {
    probes.write("images", { hash: recipeHash(), versions });
  }
  const others = makeable().flatMap(({ name, reference }) => {
    const version = versions[name] ?? "";
    return version === pinnedImageVersion(reference) ? [] : [`${name} ${version} for ${pinnedImageVersion(reference)}`];
  });
  say(
    "images",
    `${references.length} made from Debian's and npm's packages${there ? "" : ` in ${seconds(elapsed())}`}, served from ${address}` +
      (others.length > 0 ? ` (${others.join(", ")})` : ""),
  );
  const names = makeable().map(({ name }) => name);
  const missing = Object.keys(pinnedImages).filter((name): name is ImageName => !names.some((made) => made === name));
  return { registry: address, missing };
}
