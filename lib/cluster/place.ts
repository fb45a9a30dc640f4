import { join } from "node:path";
import { inCache } from "../paths.ts";

/** The name of the cluster of `cluster:up`, of its only node, and of the context in its kubeconfig. */
export const clusterName = "resume";

/** Where everything of the cluster lies that is removed with it. */
export const folder = inCache("cluster");

/** A path inside the cluster's folder. */
export function inCluster(...parts: string[]): string {
  return join(folder, ...parts);
}

/** The file that people and programs reach the cluster with. */
export const kubeconfigFile = inCluster("kubeconfig");
