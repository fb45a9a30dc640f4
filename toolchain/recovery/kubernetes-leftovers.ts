import type { KubernetesListObject, KubernetesObject } from "@kubernetes/client-node";
import { type Labels, labelFilters } from "../../infra/labels.ts";
import type { ClusterPlace } from "../lib/stack-place.ts";
import { StackState } from "../lib/stack-state.ts";
import type { FindLeftovers } from "./leftover.ts";
import type { ExportedState } from "./state.ts";

/** What the program creates in its namespace. What controllers create has the same labels, but none of these kinds. */
const kinds = [
  ["v1", "ConfigMap"],
  ["v1", "Secret"],
  ["v1", "Service"],
  ["v1", "ServiceAccount"],
  ["apps/v1", "Deployment"],
  ["apps/v1", "StatefulSet"],
  ["autoscaling/v2", "HorizontalPodAutoscaler"],
  ["networking.k8s.io/v1", "Ingress"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["policy/v1", "PodDisruptionBudget"],
] as const;

/** The objects in a state: their kinds, and their ids, which are `namespace/name`. */
function heldObjects({ deployment }: ExportedState): Set<string> {
  return new Set(deployment.resources.map(({ type, id }) => `${type.split(":").at(-1)} ${id}`));
}

/** Looks at the objects in a stack's namespace. Claims are no leftovers: a StatefulSet of the same name finds them. */
export async function findOnCluster({ access, namespace }: ClusterPlace, labels: Labels): Promise<FindLeftovers> {
  const { ApiException, CoreV1Api, KubernetesObjectApi } = await import("@kubernetes/client-node");
  /** @returns undefined for what is not there, or not for this user */
  const unlessRefused = async <T>(answer: Promise<T>): Promise<T | undefined> =>
    answer.catch((error: unknown) => {
      if (error instanceof ApiException && (error.code === 404 || error.code === 403)) {
        return undefined;
      }
      throw error;
    });
  const space = await unlessRefused(access.makeApiClient(CoreV1Api).readNamespace({ name: namespace }));
  const api = KubernetesObjectApi.makeApiClient(access);
  const selector = labelFilters(labels).join(",");
  const list = (apiVersion: string, kind: string): Promise<KubernetesListObject<KubernetesObject> | undefined> =>
    unlessRefused(api.list(apiVersion, kind, namespace, undefined, undefined, undefined, undefined, selector));
  const found = await Promise.all(
    kinds.map(async ([apiVersion, kind]) =>
      ((await list(apiVersion, kind))?.items ?? []).map(({ metadata = {} }) => ({ apiVersion, kind, metadata })),
    ),
  );
  return async (state) => {
    // A namespace of the same name may be another clone's.
    const uid = new StackState(state).namespaceUid;
    const held = heldObjects(state);
    return (space !== undefined && space.metadata?.uid === uid ? found.flat() : [])
      .filter(({ kind, metadata }) => !held.has(`${kind} ${namespace}/${metadata.name}`))
      .map((object) => ({
        name: `the ${object.kind} ${object.metadata.name}`,
        createdAt: Number(object.metadata.creationTimestamp ?? 0),
        remove: () => unlessRefused(api.delete(object)),
      }));
  };
}
