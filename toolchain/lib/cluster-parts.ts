import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubernetesObjectApi,
  type V1Deployment,
  type V1Pod,
  type V1StatefulSet,
} from "@kubernetes/client-node";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { at } from "../../lib/at.ts";
import { isReady } from "../../lib/cluster/pod-ready.ts";
import type { Part } from "./parts.ts";
import type { ClusterPlace } from "./stack-place.ts";
import type { StackState, StateResource } from "./stack-state.ts";

type Workload = V1Deployment | V1StatefulSet;

/** The objects in a stack's state, and workloads with its labels that the state does not hold. */
export async function clusterParts(
  place: ClusterPlace,
  { labels, state }: { labels: Labels; state: StackState },
): Promise<Part[]> {
  const { access, namespace } = place;
  const labelSelector = labelFilters(labels).join(",");
  const apps = access.makeApiClient(AppsV1Api);
  const [deployments, statefulSets, pods] = await Promise.all([
    apps.listNamespacedDeployment({ namespace, labelSelector }),
    apps.listNamespacedStatefulSet({ namespace, labelSelector }),
    access.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector }),
  ]);
  const stated = state.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  const objects = KubernetesObjectApi.makeApiClient(access);
  const gone = await Promise.all(stated.map((resource) => goneObject(objects, resource)));
  const workloads = [...deployments.items, ...statefulSets.items].map((workload) => {
    const isStated = stated.some(({ outputs }) => at(outputs, "metadata", "uid") === workload.metadata?.uid);
    const name = workload.metadata?.name ?? "";
    const component = workload.metadata?.labels?.[componentLabel] ?? "";
    if (!isStated) {
      return { name, component, asked: 0, healthy: 0, problem: "is not in the stack's state" };
    }
    const problem = problemOf(workload);
    const unready = pods.items.find((pod) => pod.metadata?.labels?.[componentLabel] === component && !isReady(pod));
    return {
      name,
      component,
      asked: askedOf(workload),
      healthy: workload.status?.readyReplicas ?? 0,
      ...(problem === undefined ? {} : { problem, lastLines: () => lastLines(place, unready) }),
    };
  });
  return [...gone.flat(), ...workloads];
}

/** An object of the state that the cluster does not have, such as a deleted Deployment. */
async function goneObject(objects: KubernetesObjectApi, { id, outputs }: StateResource): Promise<Part[]> {
  const [apiVersion, kind] = [at(outputs, "apiVersion"), at(outputs, "kind")];
  const [name, namespace] = [at(outputs, "metadata", "name"), at(outputs, "metadata", "namespace")];
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof name !== "string") {
    return [];
  }
  const metadata = { name, ...(typeof namespace === "string" ? { namespace } : {}) };
  try {
    await objects.read({ apiVersion, kind, metadata });
    return [];
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) {
      return [{ name: `${kind} ${id}`, component: "", asked: 0, healthy: 0, problem: "is gone", isGone: true }];
    }
    // 403: this user may not read such objects.
    if (error instanceof ApiException && error.code === 403) {
      return [];
    }
    throw error;
  }
}

function askedOf({ spec }: Workload): number {
  return spec?.replicas ?? 1;
}

/** Whether as many pods of the last version are ready as it asks for, and no others are left. */
function problemOf(workload: Workload): string | undefined {
  const { metadata, status } = workload;
  const asked = askedOf(workload);
  const ready = status?.readyReplicas ?? 0;
  const isCurrent =
    (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) === asked &&
    (status?.replicas ?? 0) === asked;
  return isCurrent && ready === asked ? undefined : `has ${ready} of ${asked} pods ready`;
}

async function lastLines({ access, namespace }: ClusterPlace, pod: V1Pod | undefined): Promise<string> {
  const name = pod?.metadata?.name;
  if (name === undefined) {
    return "";
  }
  try {
    return await access.makeApiClient(CoreV1Api).readNamespacedPodLog({ name, namespace, tailLines: 8 });
  } catch (error) {
    // 400: no container of the pod has started. 404: it was deleted meanwhile.
    if (error instanceof ApiException && (error.code === 400 || error.code === 404)) {
      return "";
    }
    throw error;
  }
}
