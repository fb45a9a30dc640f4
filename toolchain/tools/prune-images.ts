import type Docker from "dockerode";
import { z } from "zod";
import { at } from "../../lib/at.ts";
import type { ProbeCache } from "../../lib/probe-cache.ts";
import { say } from "../../lib/report.ts";
import { hasStatus } from "../../lib/user-error.ts";
import type { StackState, StateResource } from "../lib/stack-state.ts";

/** How many versions of an image stay: the running one and two to go back to, which then need no build. */
const keptVersions = 3;

/** The label of build stages in our Dockerfiles. The classic builder leaves each as an image without a name. */
const stageLabel = "resume.stage=build";

const imageType = "docker:index/image:Image";

/** The names of the images that each stack's updates have built, the newest first. */
const history = z.record(z.string(), z.array(z.string()));

/** The names of images that a state holds. */
export function builtIn(state: StackState): string[] {
  return state.of(imageType).map(({ outputs }) => String(at(outputs, "imageName")));
}

/** The built images of a state that the engine no longer has, as after `docker system prune --all`. */
export async function goneImages(engine: Docker, state: StackState): Promise<StateResource[]> {
  const gone: StateResource[] = [];
  for (const image of state.of(imageType)) {
    try {
      await engine.getImage(String(at(image.outputs, "repoDigest"))).inspect();
    } catch (error) {
      if (!hasStatus(error, 404)) {
        throw error;
      }
      gone.push(image);
    }
  }
  return gone;
}

/** Splits the names of images, the newest first, into those that stay and those of older versions. */
export function olderVersions(names: readonly string[]): { kept: string[]; older: string[] } {
  const seen = new Map<string, number>();
  const isKept = (name: string): boolean => {
    const repository = name.slice(0, name.lastIndexOf(":"));
    const count = (seen.get(repository) ?? 0) + 1;
    seen.set(repository, count);
    return count <= keptVersions;
  };
  const { kept = [], older = [] } = Object.groupBy(names, (name) => (isKept(name) ? "kept" : "older"));
  return { kept, older };
}

/**
 * Removes the images of a stack's older versions. Only names that this clone has seen in its own states are removed, and the
 * engine refuses to remove what any container uses: so images of other clones stay.
 *
 * @param states the states before and after an update, the newest first
 */
export async function pruneImages(
  engine: Docker,
  probes: ProbeCache,
  stack: string,
  states: readonly StackState[],
): Promise<void> {
  const all = probes.read("builtImages", history) ?? {};
  const { kept, older } = olderVersions([...new Set([...states.flatMap(builtIn), ...(all[stack] ?? [])])]);
  const others = Object.entries(all).flatMap(([name, images]) => (name === stack ? [] : images));
  const used: string[] = [];
  let removed = 0;
  for (const name of older.filter((image) => !others.includes(image))) {
    if (await removeImage(engine, name)) {
      removed += 1;
    } else {
      used.push(name);
    }
  }
  probes.write("builtImages", { ...all, [stack]: [...kept, ...used] });

  // The newest ones are the cache of the next builds.
  await removeBuildStages(engine, keptVersions);
  if (removed > 0) {
    say("images", `${removed} of older versions removed; the last ${keptVersions} versions stay`);
  }
}

/**
 * Removes the images of all versions of a stack that is gone, and the build stages. What another stack of this clone has
 * built, too, stays.
 * @param state the stack's last one
 */
export async function removeVersions(
  engine: Docker,
  probes: ProbeCache,
  stack: string,
  state: StackState,
): Promise<void> {
  const { [stack]: known = [], ...others } = probes.read("builtImages", history) ?? {};
  const shared = Object.values(others).flat();
  for (const name of new Set([...builtIn(state), ...known].filter((image) => !shared.includes(image)))) {
    await removeImage(engine, name);
  }
  probes.write("builtImages", others);
  await removeBuildStages(engine, 0);
}

/** Removes the images of build stages. @param kept how many of the newest ones stay */
async function removeBuildStages(engine: Docker, kept: number): Promise<void> {
  const stages = await engine.listImages({ filters: { dangling: ["true"], label: [stageLabel] } });
  for (const { Id } of stages.sort((a, b) => b.Created - a.Created).slice(kept)) {
    await removeImage(engine, Id);
  }
}

/** Removes an image. @returns whether it is gone; a container or another image may use it */
export async function removeImage(engine: Docker, image: string): Promise<boolean> {
  try {
    await engine.getImage(image).remove();
  } catch (error) {
    if (hasStatus(error, 409)) {
      return false;
    }
    if (!hasStatus(error, 404)) {
      throw error;
    }
  }
  return true;
}
