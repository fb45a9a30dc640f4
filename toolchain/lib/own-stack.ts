import type Docker from "dockerode";
import { stackLabels } from "../../infra/labels.ts";
import { assertNotOthers, type StackIdentity } from "../../infra/targets/docker/owner.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { UserError } from "../../lib/user-error.ts";
import { findEngine } from "../tools/engine.ts";
import { findStateReader, type ToolsWithoutImages } from "../tools/toolchain.ts";
import { project } from "./stack-config.ts";
import { asUserError, type ClusterPlace, stackPlace } from "./stack-place.ts";
import { readState, type StackState } from "./stack-state.ts";

/** A stack, where it runs. */
export type PlacedStack = StackIdentity & ({ target: "docker"; engine: Docker } | ClusterPlace);

/** A stack of this clone. */
export type OwnStack = PlacedStack & { state: StackState };

/**
 * Finds a stack where it runs. Another clone of the project may have a stack of the same name on the same engine or
 * cluster, with the same labels: the state tells which one is this clone's.
 *
 * @param tools what was found already
 * @throws {UserError} when there is no such stack, or the one that runs there is another clone's
 */
export async function findOwnStack(
  stack: string,
  tools?: Pick<ToolsWithoutImages, "cli" | "env" | "engine">,
): Promise<OwnStack> {
  const place = await stackPlace(project, stack);
  const labels = stackLabels(project, stack);
  const state = await readState(tools ?? (await findStateReader()), stack);
  if (place.target === "docker") {
    const engine = clientAt((tools?.engine ?? (await findEngine())).host);
    await assertNotOthers(engine, labels, async () => state.network);
    return { ...place, engine, labels, network: state.network, state };
  }
  await assertOwnNamespace(place, state, stack);
  return { ...place, labels, state };
}

async function assertOwnNamespace(
  { access, namespace }: ClusterPlace,
  state: StackState,
  stack: string,
): Promise<void> {
  const { ApiException, CoreV1Api } = await import("@kubernetes/client-node");
  const found = await access
    .makeApiClient(CoreV1Api)
    .readNamespace({ name: namespace })
    .catch(async (error: unknown) => {
      // 403: this user may read what is in the namespace, but not the namespace itself.
      if (error instanceof ApiException && (error.code === 404 || error.code === 403)) {
        return undefined;
      }
      throw await asUserError(error, stack);
    });
  if (found !== undefined && found.metadata?.uid !== state.namespaceUid) {
    throw new UserError(
      `The namespace ${namespace} on this cluster is another clone's: this clone's state of ${stack} has not created it. ` +
        "Choose another name for yours: npm run up -- --stack NAME.",
    );
  }
}
