import type Docker from "dockerode";
import { type Labels, labelFilters } from "../../infra/labels.ts";
import { assertNotOthers, ownContainers } from "../../infra/targets/docker/owner.ts";
import { at } from "../../lib/at.ts";
import { hasStatus } from "../../lib/user-error.ts";
import { StackState } from "../lib/stack-state.ts";
import type { FindLeftovers } from "./leftover.ts";
import { begunNames, heldIds } from "./state.ts";

const networkType = "docker:index/network:Network";
const volumeType = "docker:index/volume:Volume";

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!hasStatus(error, 404)) {
      throw error;
    }
  }
}

/**
 * Looks at what a stack has on an engine: its containers, and networks and volumes whose creation was begun. Other volumes
 * stay. One that the state does not hold yet was in no container.
 */
export async function findOnDocker(docker: Docker, labels: Labels): Promise<FindLeftovers> {
  const filters = { label: labelFilters(labels) };
  const containers = await ownContainers(docker, { labels });
  const networks = await docker.listNetworks({ filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) });
  return async (state) => {
    const held = heldIds(state);
    // Containers of another clone's network have the same labels.
    await assertNotOthers(docker, labels, async () => new StackState(state).network);
    // These names have a random part, which the state knows from the begin of a creation.
    const begunNetworks = begunNames(state, networkType);
    const begunVolumes = begunNames(state, volumeType);
    return [
      ...containers
        .filter(({ Id }) => !held.has(Id))
        .map(({ Id, Names, Created }) => ({
          name: `the container ${Names[0]?.slice(1)}`,
          createdAt: Created * 1000,
          remove: () => unlessGone(docker.getContainer(Id).remove({ force: true })),
        })),
      ...networks
        .filter(({ Id, Name }) => !held.has(Id) && begunNetworks.has(Name))
        .map(({ Id, Name, Created }) => ({
          name: `the network ${Name}`,
          createdAt: Date.parse(Created),
          remove: () => unlessGone(docker.getNetwork(Id).remove()),
        })),
      ...volumes
        .filter(({ Name }) => !held.has(Name) && begunVolumes.has(Name))
        .map((volume) => ({
          name: `the volume ${volume.Name}`,
          createdAt: Date.parse(String(at(volume, "CreatedAt"))),
          remove: () => unlessGone(docker.getVolume(volume.Name).remove()),
        })),
    ];
  };
}
