import type Docker from "dockerode";
import { componentLabel } from "../infra/targets/docker/labels.ts";
import { at } from "../lib/at.ts";
import type { RunningStack } from "./stack.ts";
import { isGone } from "./watch/containers.ts";

/** What the stack's containers are made of, as far as the engine tells. */
export interface StackFacts {
  /** The image of each component: its name where it has one, else its id. */
  images: Record<string, string>;
  /** How many replicas there are. */
  replicas: number;
  /** What one replica may use; null for no limit. */
  limits: { cpus: number | null; memoryMb: number | null; nofile: number | null };
}

/** Asks the engine. @throws Error where it does not answer */
export async function stackFacts(engine: Docker, { labels, replicas }: RunningStack): Promise<StackFacts> {
  const listed = await engine.listContainers({ filters: { label: [...labels] } });
  const images = new Map<string, string>();
  for (const { Labels, ImageID } of listed) {
    const component = Labels[componentLabel];
    if (component !== undefined && !images.has(component)) images.set(component, await nameOf(engine, ImageID));
  }
  const { NanoCpus, Memory, Ulimits } = replicas[0]?.HostConfig ?? {};
  const open = (Ulimits ?? []).find((limit: object) => at(limit, "Name") === "nofile");
  const nofile = at(open, "Soft");
  return {
    images: Object.fromEntries([...images].sort(([one], [other]) => one.localeCompare(other, "en"))),
    replicas: replicas.length,
    limits: {
      cpus: NanoCpus ? NanoCpus / 1e9 : null,
      memoryMb: Memory ? Memory / 2 ** 20 : null,
      nofile: typeof nofile === "number" ? nofile : null,
    },
  };
}

/** A name with a tag says more than one with a digest, and that more than an id; an image that was deleted has no more than its id. */
async function nameOf(engine: Docker, id: string): Promise<string> {
  try {
    const { RepoTags, RepoDigests } = await engine.getImage(id).inspect();
    return [...(RepoTags ?? []), ...(RepoDigests ?? [])].find((name) => !name.includes("<none>")) ?? id;
  } catch (error) {
    if (isGone(error)) return id;
    throw error;
  }
}
