import type Docker from "dockerode";
import { follow } from "../../lib/docker-images.ts";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { type ProbeCache, rememberOutOfReach, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say } from "../../lib/report.ts";
import { serveMadeImages } from "../offline.ts";
import { client, type Engine } from "./engine.ts";

/** Where the stack's images come from. */
export type Images = {
  /** What `resume:imageRegistry` has to be: undefined where the pinned references are pulled as they are. */
  registry: string | undefined;
  /** The components that no image can be had for. */
  missing: ImageName[];
};

/** What the user has said about images in the stack's config. */
export type UserImages = {
  /** `resume:imageRegistry` */
  registry: string | undefined;
  /** The components that `resume:images` names. */
  named: string[];
};

const official: Images = { registry: undefined, missing: [] };

/** Whether the engine has, or can pull, the smallest of the pinned images within 30 s. */
async function canPull(docker: Docker, probes: ProbeCache): Promise<boolean> {
  const local = await docker.listImages({ filters: { reference: [pinnedImages.busybox] } });
  if (local.length > 0) {
    return true;
  }
  if (wasOutOfReach(probes, "images")) {
    return false;
  }
  const limit = AbortSignal.timeout(30_000);
  try {
    const pull = docker.pull(pinnedImages.busybox, { abortSignal: limit }).then((stream) => follow(docker, stream));
    const late = new Promise<never>((_, reject) => {
      limit.addEventListener("abort", () => reject(new Error("no answer within 30 s")));
    });
    await Promise.race([pull, late]);
    return true;
  } catch {
    // Out of reach is an answer: the caller makes the images instead, and says so.
    rememberOutOfReach(probes, "images");
    return false;
  }
}

/** Sees to it that every image of the stack can be had: pulled by the engine, or made and served here. */
export async function findImages(engine: Engine, probes: ProbeCache, wishes: UserImages): Promise<Images> {
  if (wishes.registry) {
    say("images", `from ${wishes.registry}, as resume:imageRegistry says`);
    return { ...official, registry: wishes.registry };
  }
  if (await canPull(client(engine.host), probes)) {
    say("images", "the engine pulls the pinned ones");
    return official;
  }
  const images = await serveMadeImages(client(engine.host), probes);
  const missing = images.missing.filter((name) => !wishes.named.includes(name));
  for (const name of missing) {
    say(name, "left out, as its image can't be had here (resume:images can name one)");
  }
  return { ...images, missing };
}
