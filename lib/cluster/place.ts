import { join } from "node:path";
import { inCache } from "../paths.ts";

/** The name of the cluster of `cluster:up`, of its only node, and of its context in the kubeconfig. */
export const clusterName = "resume";

/** The folder of everything that is removed with the cluster. */
export const folder = inCache("cluster");

/** A path inside the cluster's folder. */
export function inCluster(...parts: string[]): string {
  return join(folder, ...parts);
}

/** The kubeconfig of the cluster, for people and programs. */
export const kubeconfigFile = inCluster("kubeconfig");
