import type { CoreV1Api } from "@kubernetes/client-node";
import { componentLabel, type Labels, labelFilters } from "../../infra/labels.ts";
import { purgeCommand } from "../../infra/system/purge-command.ts";
import { captureOutputs, type Outputs } from "../../lib/exec.ts";
import { UserError } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";
import { execOnDocker } from "./component-exec.ts";
import type { PlacedStack } from "./own-stack.ts";
import type { ClusterPlace } from "./stack-place.ts";

/**
 * Deletes nginx' cache, and waits until nginx has new stale copies: nothing of a former version is given out then. No
 * request fails meanwhile. Call it when the new version's replicas are healthy and no others are left.
 * @throws {UserError} when nginx does not run, or could not fetch all pages
 */
export async function purgeCaches(stack: PlacedStack): Promise<void> {
  if (stack.target === "kubernetes") {
    return purgeOnCluster(stack, stack.labels);
  }
  await purge((command, outputs) => execOnDocker(stack.engine, stack, "nginx", command, outputs));
}

async function purge(exec: (command: string[], outputs: Outputs) => Promise<number | undefined>): Promise<void> {
  const { code, stderr } = await captureOutputs((outputs) => exec(purgeCommand, outputs));
  if (code !== 0) {
    const problem = code === undefined ? "nginx does not run" : stderr.trim();
    throw new UserError(`nginx' cache may have pages of a former version (${problem}). Run npm run up again.`);
  }
}

/** Pods that end still answer, replicas as well as nginx. */
async function purgeOnCluster({ access, namespace }: ClusterPlace, labels: Labels): Promise<void> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const { execInPod } = await import("../../lib/cluster/pod-exec.ts");
  const api: CoreV1Api = access.makeApiClient(CoreV1Api);
  const podsOf = async (component: string) => {
    const labelSelector = labelFilters({ ...labels, [componentLabel]: component }).join(",");
    return (await api.listNamespacedPod({ namespace, labelSelector })).items;
  };
  const noneEnds = async () => {
    const pods = [...(await podsOf("resume")), ...(await podsOf("nginx"))];
    return pods.find(({ metadata }) => metadata?.deletionTimestamp !== undefined)?.metadata?.name;
  };
  await waitUntil(noneEnds, { limitMs: 120_000, everyMs: 1000, late: (pod) => `The pod ${pod} does not end.` });
  const running = (await podsOf("nginx")).filter(({ status }) => status?.phase === "Running");
  for (const pod of running.map(({ metadata }) => metadata?.name ?? "")) {
    await purge((command, outputs) => execInPod(access, { namespace, pod, container: "nginx" }, command, outputs));
  }
}
