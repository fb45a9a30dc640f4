import type Docker from "dockerode";
import { type ImageName, pinnedImages } from "../../lib/images.ts";
import { follow } from "../../lib/docker-images.ts";
import { makeable, makeImages, pinnedImageVersion, recipeHash } from "../../offline/images/make.ts";
import { type Facts, isOutOfReach, retryHint, wasOutOfReach } from "../../lib/facts.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { client, type Engine } from "./engine.ts";
import { holdsImage, startRegistry } from "../../offline/registry.ts";

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
const canPull = async (docker: Docker, facts: Facts): Promise<boolean> => {
  const local = await docker.listImages({ filters: { reference: [pinnedImages.busybox] } });
  if (local.length > 0) return true;
  if (wasOutOfReach(facts, "images")) return false;
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
    isOutOfReach(facts, "images");
    return false;
  }
};

type Made = { hash: string; versions: Record<string, string> };

const isMade = (value: unknown): value is Made =>
  typeof value === "object" &&
  value !== null &&
  "hash" in value &&
  typeof value.hash === "string" &&
  "versions" in value &&
  typeof value.versions === "object";

const make = async (docker: Docker, address: string): Promise<Record<string, string>> => {
  try {
    return await withProgress(
      "images",
      `no image registry is reached (${retryHint}); making the images from Debian's packages (1 min)`,
      () => makeImages(docker, address),
    );
  } catch (error) {
    if (!/connection refused|no such host|i\/o timeout/.test(messageOf(error))) throw error;
    throw new UserError(
      `images: the Docker engine reaches neither an image registry nor this machine's at ${address} (${messageOf(error)}). Use an engine of this machine, or set resume:imageRegistry to a mirror that it reaches.`,
    );
  }
};

/** Makes the images unless they are made, and sees to it that the local registry serves them. */
const madeImages = async (engine: Engine, facts: Facts): Promise<Images> => {
  if (!which("apt-get")) {
    facts.write("outOfReach.images", undefined);
    throw new UserError(
      `images: the Docker engine can't pull ${pinnedImages.busybox}, and images can be made only on a Debian. Give it access to an image registry, or set resume:imageRegistry to a mirror.`,
    );
  }
  const docker = client(engine.host);
  const address = await startRegistry();
  const references = makeable().map(({ reference }) => reference);
  const elapsed = stopwatch();
  const known = facts.read("images", isMade);
  const there =
    known?.hash === recipeHash() &&
    (await Promise.all(references.map((ref) => holdsImage(address, ref)))).every(Boolean);
  const versions = known && there ? known.versions : await make(docker, address);
  if (!there) facts.write("images", { hash: recipeHash(), versions });
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
};

/** Sees to it that every image of the stack can be had: pulled by the engine, or made and served here. */
export const findImages = async (engine: Engine, facts: Facts, wishes: UserImages): Promise<Images> => {
  if (wishes.registry) {
    say("images", `from ${wishes.registry}, as resume:imageRegistry says`);
    return { ...official, registry: wishes.registry };
  }
  if (await canPull(client(engine.host), facts)) {
    say("images", "the engine pulls the pinned ones");
    return official;
  }
  const images = await madeImages(engine, facts);
  const missing = images.missing.filter((name) => !wishes.named.includes(name));
  for (const name of missing) say(name, "left out, as its image can't be had here (resume:images can name one)");
  return { ...images, missing };
};
