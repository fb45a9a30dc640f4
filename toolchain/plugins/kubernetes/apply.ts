/** Making and changing objects by server-side apply, for real or as a dry run. */
import { randomBytes } from "node:crypto";
import type { Props } from "../lib/values.ts";
import {
  ApiError,
  isConflict,
  isForbidden,
  isImmutable,
  isNamespaceMissing,
  isNotFound,
  NoSuchKindError,
} from "./api-error.ts";
import { pause, sentence } from "./await/wait.ts";
import { apiOf, type Cluster, messageOf } from "./cluster.ts";
import { conflictSentence, isWithPredecessors, takeover, wantsForce, withIgnoredAsLive } from "./field-manager.ts";
import { at, type Reference, textAt, titleOf, withValueAt } from "./object.ts";

/** How often a creation is tried whose namespace or kind is not there yet, with 1, 2, 4 … s in between. */
const creations = 5;

/**
 * Makes an object.
 * @throws one sentence when it exists already, or the API server refuses it.
 */
export async function createObject(
  cluster: Cluster,
  reference: Reference,
  object: Props,
  fieldManager: string,
  say: (status: string) => void,
): Promise<Props> {
  const api = apiOf(cluster);
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (reference.name === "") {
        return await api.create(reference, object, fieldManager, false);
      }
      if (!cluster.settings.upsert && (await api.get(reference)) !== undefined) {
        throw new Error(
          `${titleOf(reference)} already exists in the cluster; give it another name, import it with 'pulumi import', ` +
            "or set 'upsertExistingObjects' to take it over",
        );
      }
      return await apply(cluster, reference, object, { fieldManager, dryRun: false, live: {} });
    } catch (error) {
      const mayCome = isNotFound(error) || error instanceof NoSuchKindError;
      if (!mayCome || attempt >= creations || cluster.signal.aborted) {
        throw refused(error, reference, "could not be created");
      }
      say(`Retry #${attempt}; creation failed: ${messageOf(error)}`);
      await pause(1000 * 2 ** (attempt - 1), cluster.signal);
    }
  }
}

/**
 * What would come of a creation; undefined when that can't be told before.
 * @throws one sentence when the API server would refuse it.
 */
export async function previewCreation(
  cluster: Cluster,
  reference: Reference,
  object: Props,
  fieldManager: string,
): Promise<Props | undefined> {
  const dryRun = async (name: string) => {
    if (name === "") {
      return apiOf(cluster).create(reference, object, fieldManager, true);
    }
    const renamed = withValueAt(object, ["metadata", "name"], name);
    return apiOf(cluster).apply({ ...reference, name }, renamed, { fieldManager, force: true, dryRun: true });
  };
  try {
    return await dryRun(reference.name);
  } catch (error) {
    if (isNamespaceMissing(error) || isForbidden(error)) {
      return undefined;
    }
    if (!isImmutable(error)) {
      throw refused(error, reference, "could not be created");
    }
  }
  // The old object is still there when its replacement is previewed.
  try {
    const made = await dryRun(`${reference.name.slice(0, 40)}-${randomBytes(3).toString("hex")}`);
    return withValueAt(made, ["metadata", "name"], reference.name);
  } catch (error) {
    throw refused(error, reference, "could not be created");
  }
}

export interface Update {
  reference: Reference;
  /** The wanted object. */
  object: Props;
  /** What there is. */
  live: Props;
  fieldManager: string;
  ignoreChanges: readonly string[];
  dryRun: boolean;
}

/**
 * Changes an object.
 * @returns undefined when it is a dry run that this user may not make.
 * @throws one sentence when others manage what would change, or the API server refuses it.
 */
export async function updateObject(
  cluster: Cluster,
  { reference, object, live, fieldManager, ignoreChanges, dryRun }: Update,
): Promise<Props | undefined> {
  // The name may be one that the server has made.
  const own = withValueAt(object, ["metadata", "name"], reference.name);
  try {
    const before = dryRun ? live : await takeOver(cluster, reference, live, fieldManager);
    const wanted = withIgnoredAsLive(own, before, ignoreChanges, fieldManager);
    return await apply(cluster, reference, wanted, { fieldManager, dryRun, live: before });
  } catch (error) {
    if (dryRun && isForbidden(error)) {
      return undefined;
    }
    throw refused(error, reference, "could not be changed");
  }
}

/** How often it is tried to take an object over that others change at the same time. */
const takeovers = 5;

/** Makes the manager the owner of what its predecessors own. @returns the object as it is then. */
async function takeOver(cluster: Cluster, reference: Reference, live: Props, fieldManager: string): Promise<Props> {
  let before = live;
  for (let attempt = 1; ; attempt += 1) {
    const operations = takeover(before, fieldManager);
    if (operations === undefined) {
      return before;
    }
    try {
      return await apiOf(cluster).patch(reference, operations);
    } catch (error) {
      if (!isConflict(error) || attempt >= takeovers) {
        throw error;
      }
      before = (await apiOf(cluster).get(reference)) ?? before;
    }
  }
}

async function apply(
  cluster: Cluster,
  reference: Reference,
  object: Props,
  { fieldManager, dryRun, live }: { fieldManager: string; dryRun: boolean; live: Props },
): Promise<Props> {
  const api = apiOf(cluster);
  const force = wantsForce(object, cluster.settings);
  try {
    return await api.apply(reference, object, { fieldManager, force, dryRun });
  } catch (error) {
    if (!isConflict(error)) {
      throw error;
    }
    if (!isWithPredecessors(error, live, fieldManager)) {
      throw new Error(conflictSentence(reference, error));
    }
    return api.apply(reference, object, { fieldManager, force: true, dryRun });
  }
}

/** Gives up all fields that are owned under a name. */
export async function relinquish(cluster: Cluster, reference: Reference, fieldManager: string): Promise<void> {
  const { apiVersion, kind, name, namespace } = reference;
  const bare = { apiVersion, kind, metadata: { name, ...(namespace === "" ? {} : { namespace }) } };
  await apiOf(cluster).apply(reference, bare, { fieldManager, force: false, dryRun: false });
}

function refused(error: unknown, reference: Reference, what: string): unknown {
  const isAnswer = error instanceof ApiError || error instanceof NoSuchKindError;
  return isAnswer ? new Error(sentence(`${titleOf(reference)} ${what}`, [error.message])) : error;
}

/** The fields of an object that the server makes anew in the real run: a dry run's are not those. */
export function serverMade(object: Props): string[][] {
  const metadata = ["uid", "resourceVersion", "creationTimestamp", "generation"].map((key) => ["metadata", key]);
  const addresses = ["clusterIP", "clusterIPs", "healthCheckNodePort"].map((key) => ["spec", key]);
  const isService = textAt(object, "kind") === "Service" && textAt(object, "spec", "clusterIP") !== "None";
  return [...metadata, ...(isService ? addresses : [])].filter((path) => at(object, ...path) !== undefined);
}
