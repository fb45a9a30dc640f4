import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type Docker from "dockerode";
import { z } from "zod";
import { at } from "../../lib/at.ts";
import type { ClusterApi, Manifest } from "../../lib/cluster/api.ts";
import { clusterName, folder, inCluster, kubeconfigFile } from "../../lib/cluster/place.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { clientAt } from "../../lib/docker-engine.ts";
import { hasImage, pullImage } from "../../lib/docker-images.ts";
import { captureOutputs, execInContainer } from "../../lib/exec.ts";
import { firstFreePort } from "../../lib/free-port.ts";
import { clusterImages } from "../../lib/images.ts";
import { inTime } from "../../lib/in-time.ts";
import { readJson } from "../../lib/json-file.ts";
import { ProbeCache, rememberOutOfReach, retryHint, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { hasStatus, messageOf, UserError } from "../../lib/user-error.ts";
import { findEngine } from "../tools/engine.ts";
import {
  createKindCluster,
  deleteKindCluster,
  findKind,
  kindClusterExists,
  metricsServer,
  nodeLabel,
  registryFolder,
} from "./kind.ts";

/**
 * How the cluster was made: the program, the address of the engine, and that of its registry on this machine. Earlier
 * versions used the kind on PATH.
 */
const madeSchema = z.object({ program: z.string().default("kind"), host: z.string(), registry: z.string() });
type Made = z.infer<typeof madeSchema>;

const madeFile = inCluster("in-docker.json");

function readMade(): Made | undefined {
  const value = readJson(madeFile);
  if (at(value, "tool") === "k3d") {
    throw new UserError(
      `cluster: it was made with k3d, which is no longer used. Run \`k3d cluster delete ${clusterName}\`, delete ${folder} and run this again.`,
    );
  }
  return madeSchema.safeParse(value).data;
}

/** Whether kind has made our cluster. */
export function isKindCluster(): boolean {
  return readMade() !== undefined;
}

/** The address of the registry of kind's cluster on this machine; undefined without such a cluster. */
export function kindRegistry(): string | undefined {
  return readMade()?.registry;
}

const registryName = "resume-registry";
const registryLabel = `resume.registry=${clusterName}`;

/** The registry's port in the cluster's network. */
const registryPort = 5000;

/** The first port to try for the registry on this machine. offline/registry.ts uses another one. */
const firstRegistryPort = 5155;

/** The containers of the cluster, the oldest first. @throws {UserError} when Docker does not answer */
async function listContainers(host: string): Promise<Docker.ContainerInfo[]> {
  try {
    const lists = await Promise.all(
      [nodeLabel, registryLabel].map((label) =>
        clientAt(host).listContainers({ all: true, filters: { label: [label] } }),
      ),
    );
    return lists.flat().sort((a, b) => a.Created - b.Created);
  } catch (error) {
    throw new UserError(
      `cluster: it is in the Docker at ${host}, which does not answer (${messageOf(error)}). Start that, or run \`npm run cluster:down\` once it is back.`,
    );
  }
}

function isRunning({ State }: Docker.ContainerInfo): boolean {
  return State === "running";
}

/** The state of kind's cluster; undefined when kind has made none. */
export async function kindPresence(): Promise<Presence | undefined> {
  const made = readMade();
  return made && ((await listContainers(made.host)).some(isRunning) ? "running" : "stopped");
}

/** Whether the engine has an image, or its registry confirms within 15 s that it exists. */
async function canPull(docker: Docker, image: string): Promise<boolean> {
  if (await hasImage(docker, image)) {
    return true;
  }
  try {
    await inTime(docker.getImage(image).distribution(), 15_000);
    return true;
  } catch {
    // The caller makes a node without kind, and reports that.
    return false;
  }
}

/** kind, an engine, and the manifests to apply. */
type Tool = Omit<Made, "registry"> & { addons: Manifest[] };

/** Finds everything that a cluster is made with; undefined when a part is out of reach, which it reports. */
async function findTool(): Promise<Tool | undefined> {
  const probes = new ProbeCache();
  const giveUp = (reason: string): undefined => {
    rememberOutOfReach(probes, "kind");
    say("cluster", `kind is not used: ${reason} (${retryHint})`);
  };
  if (wasOutOfReach(probes, "kind")) {
    return undefined;
  }
  const { host } = await findEngine();
  if (!(await canPull(clientAt(host), clusterImages.node))) {
    return giveUp(`its node's image ${clusterImages.node} is out of reach`);
  }
  try {
    return { program: await findKind(), host, addons: await metricsServer() };
  } catch (error) {
    return giveUp(`a download is out of reach (${messageOf(error)})`);
  }
}

/** Runs the registry in a container. @param address its address on this machine, as `127.0.0.1:5155` */
async function runRegistry(docker: Docker, address: string): Promise<void> {
  await pullImage(docker, clusterImages.registry);
  const [HostIp = "", HostPort = ""] = address.split(":");
  const [label = "", value = ""] = registryLabel.split("=");
  const port = `${registryPort}/tcp`;
  const container = await docker.createContainer({
    name: registryName,
    Image: clusterImages.registry,
    Labels: { [label]: value },
    ExposedPorts: { [port]: {} },
    HostConfig: { PortBindings: { [port]: [{ HostIp, HostPort }] }, RestartPolicy: { Name: "unless-stopped" } },
  });
  await container.start();
}

/** Makes a node pull from the registry by the address on this machine: it reaches the registry by name, in a shared network. */
async function joinRegistry(docker: Docker, node: Docker.ContainerInfo, address: string): Promise<void> {
  const hosts = `[host."http://${registryName}:${registryPort}"]\n`;
  const script = 'mkdir -p "$0"; printf %s "$1" > "$0/hosts.toml"';
  const command = ["sh", "-ec", script, `${registryFolder}/${address}`, hosts];
  const result = await captureOutputs((outputs) => execInContainer(docker, node.Id, command, outputs));
  if (result.code !== 0) {
    throw new UserError(`cluster: ${command.join(" ")} failed in ${node.Id}: ${result.stdout}${result.stderr}`);
  }
  for (const network of Object.keys(node.NetworkSettings.Networks)) {
    await docker.getNetwork(network).connect({ Container: registryName });
  }
}

/** It is loaded here, because the Kubernetes client takes a second to load and `down` needs none. */
async function openApi(): Promise<ClusterApi> {
  const { ClusterApi } = await import("../../lib/cluster/api.ts");
  return new ClusterApi();
}

async function create(tool: Tool, registry: string): Promise<void> {
  const docker = clientAt(tool.host);
  await runRegistry(docker, registry);
  await createKindCluster(tool);
  for (const node of await docker.listContainers({ all: true, filters: { label: [nodeLabel] } })) {
    await joinRegistry(docker, node, registry);
  }
  // kind's name for the cluster, the user and the context is kind-resume.
  const kubeconfig = readFileSync(kubeconfigFile, "utf8").replaceAll(`kind-${clusterName}`, clusterName);
  writeFileSync(kubeconfigFile, kubeconfig, { mode: 0o600 });
  const api = await openApi();
  for (const manifest of tool.addons) {
    await api.apply(manifest);
  }
}

/** Whether kind has made our cluster, or would make a new one. */
export async function canUseKind(): Promise<boolean> {
  return (readMade() ?? (await findTool())) !== undefined;
}

/**
 * Starts or creates our cluster with kind.
 * @returns whether it was started now; undefined when kind or its image is not available
 * @throws {UserError} that says what the user must do
 */
export async function startWithKind(): Promise<boolean | undefined> {
  const made = readMade();
  if (made !== undefined) {
    return restart(made);
  }
  const tool = await findTool();
  if (tool === undefined) {
    return undefined;
  }
  if (await kindClusterExists(tool)) {
    throw new UserError(
      `cluster: kind has a cluster named ${clusterName} that is not ours. Delete it or use it as it is.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const registry = `127.0.0.1:${await firstFreePort(firstRegistryPort)}`;
  const { program, host } = tool;
  writeFileSync(madeFile, `${JSON.stringify({ program, host, registry } satisfies Made)}\n`);
  await withProgress("node", `making one with kind and ${clusterImages.node}`, () => create(tool, registry));
  say("node", `made with kind and ${clusterImages.node}; its registry is ${registry}`);
  await (await openApi()).waitUntilReady(false, true);
  return true;
}

/** Starts the stopped containers. @returns whether there were any */
async function restart(made: Made): Promise<boolean> {
  if (!(await kindClusterExists(made))) {
    throw new UserError("cluster: its container is gone; run `npm run cluster:down`, then this again.");
  }
  const stopped = (await listContainers(made.host)).filter((container) => !isRunning(container));
  for (const { Id } of stopped) {
    await clientAt(made.host).getContainer(Id).start();
  }
  if (stopped.length > 0) {
    say("node", `started kind's ${clusterName}, which was stopped`);
  }
  await (await openApi()).waitUntilReady(false, stopped.length > 0);
  return stopped.length > 0;
}

/** Stops kind's cluster, the youngest container first. Its data stays. @returns whether there was one */
export async function stopKind(): Promise<boolean> {
  const made = readMade();
  if (made === undefined) {
    return false;
  }
  for (const { Id } of (await listContainers(made.host)).filter(isRunning).reverse()) {
    await clientAt(made.host).getContainer(Id).stop();
  }
  return true;
}

/** Removes kind's cluster and its registry. @returns whether there was one */
export async function removeKind(): Promise<boolean> {
  const made = readMade();
  if (made === undefined) {
    return false;
  }
  try {
    await clientAt(made.host).getContainer(registryName).remove({ force: true, v: true });
  } catch (error) {
    if (!hasStatus(error, 404)) {
      throw error;
    }
  }
  await deleteKindCluster(made);
  rmSync(folder, { recursive: true, force: true });
  return true;
}
