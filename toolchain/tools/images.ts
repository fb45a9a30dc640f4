import type Docker from "dockerode";
import { clientAt } from "../../lib/docker-engine.ts";
import { follow, hasImage } from "../../lib/docker-images.ts";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { inTime } from "../../lib/in-time.ts";
import { type ProbeCache, rememberOutOfReach, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say } from "../../lib/report.ts";
import { serveMadeImages } from "../offline.ts";
import type { Engine } from "./engine.ts";

/** Where the stack's images come from. */
export type Images = {
  /** The value of `resume:imageRegistry`; undefined when the pinned references are pulled as they are. */
  registry: string | undefined;
  /** The components whose images are not available. */
  missing: ImageName[];
};

/** The user's config for images. */
export type UserImages = {
  /** `resume:imageRegistry` */
  registry: string | undefined;
  /** The components in `resume:images`. */
  named: string[];
};

const timeoutMs = 30_000;

/** Whether the engine has or can pull images. It tries the smallest one. */
async function canPull(docker: Docker, probes: ProbeCache): Promise<boolean> {
  if (await hasImage(docker, pinnedImages.busybox)) {
    return true;
  }
  if (wasOutOfReach(probes, "images")) {
    return false;
  }
  try {
    const options = { abortSignal: AbortSignal.timeout(timeoutMs) };
    const pull = docker.pull(pinnedImages.busybox, options).then((progress) => follow(docker, progress));
    await inTime(pull, timeoutMs);
    return true;
  } catch {
    // The caller makes the images instead, and reports that.
    rememberOutOfReach(probes, "images");
    return false;
  }
}

/** Chooses the source of the stack's images: the user's mirror, the official registries, or images that are made here. */
export async function findImages(engine: Engine, probes: ProbeCache, users: UserImages): Promise<Images> {
  if (users.registry) {
    say("images", `from ${users.registry}, as resume:imageRegistry says`);
    return { registry: users.registry, missing: [] };
  }
  if (await canPull(clientAt(engine.host), probes)) {
    say("images", "the engine pulls the pinned ones");
    return { registry: undefined, missing: [] };
  }
  const images = await serveMadeImages(clientAt(engine.host), probes);
  const missing = images.missing.filter((name) => !users.named.includes(name));
  for (const name of missing) {
    say(name, "left out: its image is not available here. resume:images can name another one");
  }
  return { ...images, missing };
}
