import type { V1Pod } from "@kubernetes/client-node";
import { componentLabel, labelFilters } from "../../infra/labels.ts";
import { grafanaFolder, grafanaPasswordFile, ports } from "../../infra/system/names.ts";
import { ownContainers } from "../../infra/targets/docker/owner.ts";
import { captureBytes, captureOutputs, execInContainer, type Outputs } from "../../lib/exec.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { waitUntil } from "../../lib/wait.ts";
import { type ComponentExec, requestInside } from "../lib/component-exec.ts";
import type { PlacedStack } from "../lib/own-stack.ts";
import type { ClusterPlace } from "../lib/stack-place.ts";

/** Runs a command beside Grafana's volume. @returns its exit code */
type Exec = (command: string[], outputs: Outputs) => Promise<number>;

/** Ends a helper that nobody removes, in seconds. */
const helperSeconds = 600;

/** Keeps the helper alive while commands run in it. */
const idle = ["node", "-e", `setTimeout(() => {}, ${helperSeconds * 1000})`];

const database = `${grafanaFolder}/grafana.db`;
const copy = "/tmp/grafana.db";

/** Fails unless the copy is a sound database. */
const checkCopy = `
const [{ integrity_check: found }] = new DatabaseSync("${copy}").prepare("PRAGMA integrity_check(1)").all();
if (found !== "ok") throw new Error(found);`;

/** Copies the database in one transaction while Grafana writes to it. */
const backupScript = `
const { DatabaseSync } = require("node:sqlite");
// SQLite would create a database that is missing.
require("node:fs").accessSync("${database}");
new DatabaseSync("${database}", { timeout: 10_000 }).exec("VACUUM INTO '${copy}'");
${checkCopy}`;

/** Replaces all pages of the database in one step, or none. Grafana may be writing: then it is tried again. */
const restoreScript = `
const { DatabaseSync, backup } = require("node:sqlite");
${checkCopy}
const from = new DatabaseSync("${copy}");
const restore = (attempts) =>
  backup(from, "${database}", { rate: 2 ** 31 - 1 }).catch((error) => {
    if (attempts === 0) throw error;
    return new Promise((resolve) => setTimeout(resolve, 200)).then(() => restore(attempts - 1));
  });
restore(50);`;

/** @throws {UserError} when the command fails */
async function mustExec(exec: Exec, command: string[], input?: Buffer): Promise<Buffer> {
  const { code, stdout, stderr } = await captureBytes((outputs) =>
    exec(command, input === undefined ? outputs : { ...outputs, input }),
  );
  if (code !== 0) {
    throw new UserError(`Grafana's data: ${command[0]} ended with ${code}: ${stderr.trim()}`);
  }
  return stdout;
}

/**
 * Runs work in a container with Grafana's volume and the service's image: its Node has SQLite, which Grafana's image has
 * not. It has no labels, so that it is no container of the stack.
 */
async function besideOnDocker<T>(
  stack: PlacedStack & { target: "docker" },
  work: (exec: Exec) => Promise<T>,
): Promise<T> {
  const { engine } = stack;
  const [grafana] = await ownContainers(engine, stack, { [componentLabel]: "grafana" });
  const [replica] = await ownContainers(engine, stack, { [componentLabel]: "resume" });
  if (grafana === undefined || replica === undefined) {
    throw new UserError("Grafana's data: the stack has no container of Grafana or no replica. Bring it up first.");
  }
  const { Config } = await engine.getContainer(grafana.Id).inspect();
  const helper = await engine.createContainer({
    Image: replica.ImageID,
    Entrypoint: idle,
    User: Config.User,
    HostConfig: { VolumesFrom: [grafana.Id], NetworkMode: "none", AutoRemove: true },
  });
  try {
    await helper.start();
    return await work((command, outputs) => execInContainer(engine, helper.id, command, outputs));
  } finally {
    await helper.remove({ force: true });
  }
}

/** The same on Kubernetes: a pod on Grafana's node, where its claim is. */
async function besideOnCluster<T>(stack: PlacedStack & ClusterPlace, work: (exec: Exec) => Promise<T>): Promise<T> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const { execInPod } = await import("../../lib/cluster/pod-exec.ts");
  const { namespace, access } = stack;
  const api = access.makeApiClient(CoreV1Api);
  const podOf = async (component: string) => {
    const labelSelector = labelFilters({ ...stack.labels, [componentLabel]: component }).join(",");
    const { items } = await api.listNamespacedPod({ namespace, labelSelector });
    return items.find(({ status }) => status?.phase === "Running");
  };
  const pod = helperPod(await podOf("grafana"), await podOf("resume"));
  const name = (await api.createNamespacedPod({ namespace, body: pod })).metadata?.name ?? "";
  try {
    const isRunning = async () => {
      const { status } = await api.readNamespacedPod({ namespace, name });
      return status?.phase === "Running" ? undefined : (status?.containerStatuses?.[0]?.state?.waiting?.reason ?? "");
    };
    const late = (reason: string) => `Grafana's data: the pod ${name} does not start: ${reason}`;
    await waitUntil(isRunning, { limitMs: 120_000, late });
    const container = { namespace, pod: name, container: "backup" };
    return await work((command, outputs) => execInPod(access, container, command, outputs));
  } finally {
    await api.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 });
  }
}

/** A pod that the namespace admits, with the claim of Grafana's pod. @throws {UserError} when a pod is missing */
export function helperPod(grafana: V1Pod | undefined, replica: V1Pod | undefined): V1Pod {
  const container = grafana?.spec?.containers[0];
  const image = replica?.spec?.containers[0]?.image;
  const mount = container?.volumeMounts?.find(({ mountPath }) => mountPath === grafanaFolder);
  const volume = grafana?.spec?.volumes?.find(({ name }) => name === mount?.name);
  if (!container || !mount || !volume || !image) {
    throw new UserError("Grafana's data: no pod of Grafana or no replica runs. Bring the stack up first.");
  }
  const { nodeName, securityContext } = grafana?.spec ?? {};
  const { imagePullSecrets } = replica?.spec ?? {};
  return {
    metadata: { generateName: "grafana-data-" },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(securityContext === undefined ? {} : { securityContext }),
      ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }),
      restartPolicy: "Never",
      activeDeadlineSeconds: helperSeconds,
      automountServiceAccountToken: false,
      volumes: [volume, { name: "copy", emptyDir: {} }],
      containers: [
        {
          name: "backup",
          image,
          command: idle,
          ...(container.securityContext === undefined ? {} : { securityContext: container.securityContext }),
          volumeMounts: [mount, { name: "copy", mountPath: "/tmp" }],
        },
      ],
    },
  };
}

function beside<T>(stack: PlacedStack, work: (exec: Exec) => Promise<T>): Promise<T> {
  return stack.target === "docker" ? besideOnDocker(stack, work) : besideOnCluster(stack, work);
}

/** A copy of Grafana's database, made while Grafana runs. @throws {UserError} when it can't be made */
export function readGrafana(stack: PlacedStack): Promise<Buffer> {
  return beside(stack, async (exec) => {
    await mustExec(exec, ["node", "-e", backupScript]);
    return mustExec(exec, ["cat", copy]);
  });
}

/**
 * Replaces Grafana's database in one step, restarts Grafana, and sets the stack's own password in it.
 * @throws {UserError} when a step fails
 */
export async function restoreGrafana(stack: PlacedStack, data: Buffer, exec: ComponentExec): Promise<void> {
  await beside(stack, async (besides) => {
    await mustExec(besides, ["sh", "-c", `head -c ${data.length} > ${copy} && echo copied`], data);
    await mustExec(besides, ["node", "-e", restoreScript]);
  });
  await restartGrafana(stack);
  await setGrafanaPassword(exec);
}

/** Restarts Grafana, which keeps much of its data in memory, and waits until it answers. */
async function restartGrafana(stack: PlacedStack): Promise<void> {
  const isStopping = stack.target === "docker" ? await restartContainer(stack) : await replacePods(stack);
  const health = { component: "grafana", port: ports.grafana, path: "/api/health" };
  const check = async () =>
    (await isStopping()) ? "it is stopping" : requestInside(stack, health).then(() => undefined, messageOf);
  await waitUntil(check, { limitMs: 120_000, late: (reason) => `Grafana does not come up: ${reason}` });
}

async function restartContainer(stack: PlacedStack & { target: "docker" }): Promise<() => Promise<boolean>> {
  const [grafana] = await ownContainers(stack.engine, stack, { [componentLabel]: "grafana" });
  await stack.engine.getContainer(grafana?.Id ?? "").restart();
  return async () => false;
}

/** The StatefulSet creates a pod of the same name when the old one is gone. @returns whether the old one is still there */
async function replacePods({ access, namespace, labels }: PlacedStack & ClusterPlace): Promise<() => Promise<boolean>> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const api = access.makeApiClient(CoreV1Api);
  const pods = { namespace, labelSelector: labelFilters({ ...labels, [componentLabel]: "grafana" }).join(",") };
  const uids = async () => (await api.listNamespacedPod(pods)).items.map(({ metadata }) => metadata?.uid);
  const old = await uids();
  await api.deleteCollectionNamespacedPod(pods);
  return async () => (await uids()).some((uid) => old.includes(uid));
}

/**
 * Sets the stack's password in Grafana's database. Grafana itself reads the file only for a new database.
 * @throws {UserError} when Grafana does not run, or refuses
 */
export async function setGrafanaPassword(exec: ComponentExec): Promise<void> {
  const script = `grafana cli admin reset-admin-password --password-from-stdin < ${grafanaPasswordFile}`;
  const { code, stdout, stderr } = await captureOutputs((outputs) => exec("grafana", ["sh", "-c", script], outputs));
  if (code !== 0) {
    const reason = code === undefined ? "it does not run" : `${stderr}${stdout}`.trim();
    throw new UserError(`The password can't be set in Grafana's database: ${reason}`);
  }
}
