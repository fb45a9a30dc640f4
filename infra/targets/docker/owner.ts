import type Docker from "dockerode";
import { UserError } from "../../../lib/user-error.ts";
import { type Labels, labelFilters, stackName } from "../../labels.ts";

/** A stack's network, as its state holds it. Its name has a random part, so that no other stack has the same. */
export interface StackNetwork {
  readonly id: string;
  readonly name: string;
}

/** What tells a stack's containers from all others. Another clone of the project uses the same labels. */
export interface StackIdentity {
  readonly labels: Labels;
  /** Without it the labels alone decide. */
  readonly network?: StackNetwork | undefined;
}

/** All containers of a stack, stopped ones included. @param labels more labels that they have */
export async function ownContainers(
  engine: Docker,
  { labels, network }: StackIdentity,
  more: Labels = {},
): Promise<Docker.ContainerInfo[]> {
  const filters = { label: labelFilters({ ...labels, ...more }) };
  const found = await engine.listContainers({ all: true, filters });
  return network === undefined ? found : found.filter((container) => isIn(network, container));
}

/** A container that was never started knows the names of its networks, but not their ids. */
function isIn({ id, name }: StackNetwork, { NetworkSettings }: Docker.ContainerInfo): boolean {
  return Object.entries(NetworkSettings.Networks).some(([key, { NetworkID }]) => key === name || NetworkID === id);
}

/**
 * Refuses an engine that has a stack of the same name in another network. A container in no network of such a stack, as an
 * interrupted update leaves it, is nobody's.
 *
 * @param readNetwork the network in the stack's state; it is read only when there are containers
 * @throws {UserError} that names the other network
 */
export async function assertNotOthers(
  engine: Docker,
  labels: Labels,
  readNetwork: () => Promise<StackNetwork | undefined>,
): Promise<void> {
  const containers = await ownContainers(engine, { labels });
  const network = containers.length === 0 ? undefined : await readNetwork();
  for (const container of containers.filter((one) => network === undefined || !isIn(network, one))) {
    const names = Object.keys(container.NetworkSettings.Networks);
    const other = names.find((name) => name.startsWith(`${labels["resume.project"]}-${stackName(labels)}-`));
    if (other !== undefined) {
      throw new UserError(
        `The stack ${stackName(labels)} on this engine is another clone's: its network is ${other}, and ` +
          `${network === undefined ? "this clone's state has none" : `this clone's is ${network.name}`}. ` +
          "Choose another name for yours: npm run up -- --stack NAME.",
      );
    }
  }
}
