/** Which kinds are waited for, and how. Any other kind is ready when the API server has taken it. */
import type { Props } from "../../lib/values.ts";
import { textAt } from "../object.ts";
import { daemonSet } from "./daemon-set.ts";
import { deployment } from "./deployment.ts";
import { ingress } from "./ingress.ts";
import { job } from "./job.ts";
import { replicationController, resourceQuota, secret } from "./others.ts";
import { pod } from "./pod.ts";
import { service } from "./service.ts";
import { statefulSet } from "./stateful-set.ts";
import { persistentVolume, persistentVolumeClaim } from "./volume.ts";
import type { Awaiter } from "./wait.ts";

const awaiters: Record<string, Awaiter> = {
  "apps/v1/DaemonSet": daemonSet,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": ingress,
  "v1/PersistentVolume": persistentVolume,
  "v1/PersistentVolumeClaim": persistentVolumeClaim,
  "v1/Pod": pod,
  "v1/ReplicationController": replicationController,
  "v1/ResourceQuota": resourceQuota,
  "v1/Secret": secret,
  "v1/Service": service,
};

/** The kinds that are looked at again in a refresh. */
const lookedAtAgain = ["DaemonSet", "Deployment", "StatefulSet", "Job", "Ingress", "Pod", "Service"];
/** The kinds whose deletion is not waited for either when `pulumi.com/skipAwait` is set. */
const skippedInDeletion = [
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
];

function kindOf(object: Props): string {
  return `${textAt(object, "apiVersion")}/${textAt(object, "kind")}`;
}

export function awaiterOf(object: Props): Awaiter | undefined {
  return awaiters[kindOf(object)];
}

export function awaiterInRefresh(object: Props): Awaiter | undefined {
  return lookedAtAgain.includes(textAt(object, "kind")) ? awaiterOf(object) : undefined;
}

export function skipsDeletion(object: Props): boolean {
  return skippedInDeletion.includes(kindOf(object));
}
