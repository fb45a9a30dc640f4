import type Docker from "dockerode";
import { type Labels, labelFilters } from "../../infra/labels.ts";
import { assertNotOthers, ownContainers, type StackNetwork } from "../../infra/targets/docker/owner.ts";
import { hasStatus } from "../../lib/user-error.ts";
import type { FindLeftovers } from "./leftover.ts";
import { begunNames, heldIds, resourceOf } from "./state.ts";

const networkType = "docker:index/network:Network";

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
 * Looks at what a stack has on an engine: its containers, and networks whose creation was begun. Volumes are no leftovers:
 * creating one of the same name finds it, with what it holds.
 */
export async function findOnDocker(docker: Docker, labels: Labels): Promise<FindLeftovers> {
  const containers = await ownContainers(docker, { labels });
  const networks = await docker.listNetworks({ filters: { label: labelFilters(labels) } });
  return async (state) => {
    const held = heldIds(state);
    const network = resourceOf(state, networkType);
    const own: StackNetwork | undefined = network && { id: network.id ?? "", name: String(network.outputs?.name) };
    // Containers of another clone's network have the same labels.
    await assertNotOthers(docker, labels, async () => own);
    // A network's name has a random part, which the state knows from the begin of its creation.
    const begun = begunNames(state, networkType);
    const unheld = <T extends { Id: string }>(things: T[]): T[] => things.filter(({ Id }) => !held.has(Id));
    return [
      ...unheld(containers).map(({ Id, Names, Created }) => ({
        name: `the container ${Names[0]?.slice(1)}`,
        createdAt: Created * 1000,
        remove: () => unlessGone(docker.getContainer(Id).remove({ force: true })),
      })),
      ...unheld(networks)
        .filter(({ Name }) => begun.has(Name))
        .map(({ Id, Name, Created }) => ({
          name: `the network ${Name}`,
          createdAt: Date.parse(Created),
          remove: () => unlessGone(docker.getNetwork(Id).remove()),
        })),
    ];
  };
}
