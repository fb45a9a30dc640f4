import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type Docker from "dockerode";
import { at } from "../../lib/at.ts";
import { Api, type Manifest } from "../../lib/cluster/api.ts";
import { readKubeconfig, renderKubeconfig } from "../../lib/cluster/kubeconfig.ts";
import { clusterName, folder, inCluster, kubeconfigFile } from "../../lib/cluster/place.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { waitUntilReady } from "../../lib/cluster/ready.ts";
import { firstFreePort } from "../../lib/free-port.ts";
import { clusterImages } from "../../lib/images.ts";
import { inTime } from "../../lib/in-time.ts";
import { ProbeCache, rememberOutOfReach, retryHint, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { client, findEngine } from "../tools/engine.ts";
import { Containers } from "./containers.ts";
import { findKind, Kind, nodeLabel } from "./kind.ts";
import { joinRegistry, registryLabel, removeRegistry, runRegistry } from "./kind-registry.ts";
import { metricsServer } from "./metrics-server.ts";

/** The program that has made the cluster, the engine that it is in, and where this machine reaches its registry. */
type Made = { program: string; host: string; registry: string };

const madeFile = inCluster("in-docker.json");

function readMade(): Made | undefined {
  if (!existsSync(madeFile)) {
    return undefined;
  }
  const value: unknown = JSON.parse(readFileSync(madeFile, "utf8"));
  if (at(value, "tool") === "k3d") {
    throw new UserError(
      `cluster: it was made with k3d, which is no longer used. Run \`k3d cluster delete ${clusterName}\`, delete ${folder} and run this again.`,
    );
  }
  // A cluster of an earlier version was made with the kind on PATH.
  const program = at(value, "program") ?? "kind";
  const [host, registry] = [at(value, "host"), at(value, "registry")];
  return typeof program === "string" && typeof host === "string" && typeof registry === "string"
    ? { program, host, registry }
    : undefined;
}

/** Whether our cluster was made by kind. */
export function isKindCluster(): boolean {
  return readMade() !== undefined;
}

/** Where this machine reaches the registry of our cluster of kind's; undefined where there is no such cluster. */
export function kindRegistry(): string | undefined {
  return readMade()?.registry;
}

function containersIn(host: string): Containers {
  return new Containers(host, [nodeLabel, registryLabel]);
}

/** The state of our cluster of kind's; undefined where none was made. */
export async function kindPresence(): Promise<Presence | undefined> {
  const made = readMade();
  if (made === undefined) {
    return undefined;
  }
  return (await containersIn(made.host).areRunning()) ? "running" : "stopped";
}

/** Whether the engine has the image, or its registry says within 15 s that it is there. */
async function canPull(docker: Docker, image: string): Promise<boolean> {
  const local = await docker.listImages({ filters: { reference: [image] } });
  if (local.length > 0) {
    return true;
  }
  try {
    await inTime(docker.getImage(image).distribution(), 15_000);
    return true;
  } catch {
    // Out of reach is an answer: the caller makes a node of this machine, and says so.
    return false;
  }
}

/** kind, the engine to use it with, and what kind's clusters lack. */
type Tool = Omit<Made, "registry"> & { addons: Manifest[] };

/** What a cluster is made with; undefined where a part of it can't be had, which one line says. */
async function findTool(probes: ProbeCache): Promise<Tool | undefined> {
  const passOver = (what: string): undefined => {
    rememberOutOfReach(probes, "kind");
    say("cluster", `kind is not used: ${what} (${retryHint})`);
  };
  if (wasOutOfReach(probes, "kind")) {
    return undefined;
  }
  const { host } = await findEngine();
  if (!(await canPull(client(host), clusterImages.node))) {
    return passOver(`its node's image ${clusterImages.node} is out of reach`);
  }
  try {
    return { program: await findKind(), host, addons: await metricsServer() };
  } catch (error) {
    return passOver(`a download is out of reach (${messageOf(error)})`);
  }
}

/** Not the one that our own registry prefers. */
const firstRegistryPort = 5155;

/** Creates the cluster and its registry. */
async function create(kind: Kind, { host, addons }: Tool, registry: string): Promise<void> {
  const docker = client(host);
  await runRegistry(docker, registry);
  await kind.create();
  for (const node of await new Containers(host, [nodeLabel]).list()) {
    await joinRegistry(docker, node, registry);
  }
  const access = readKubeconfig(kubeconfigFile);
  // The context gets the name that ours has, whoever made it.
  writeFileSync(kubeconfigFile, renderKubeconfig(access), { mode: 0o600 });
  for (const manifest of addons) {
    await new Api(access).apply(manifest);
  }
}

/** Whether kind makes the cluster that is made next, or has made the one that is there. */
export async function canUseKind(): Promise<boolean> {
  return (readMade() ?? (await findTool(new ProbeCache()))) !== undefined;
}

/**
 * Brings up a cluster with kind, where its program and its image can be had.
 * @returns whether it was made or started now; undefined where kind can't be used
 * @throws {UserError} that says what the user must do
 */
export async function startWithKind(): Promise<boolean | undefined> {
  const known = readMade();
  if (known !== undefined) {
    return startAgain(known);
  }
  const tool = await findTool(new ProbeCache());
  if (tool === undefined) {
    return undefined;
  }
  const kind = new Kind(tool.program, tool.host);
  if (await kind.exists()) {
    throw new UserError(
      `cluster: kind has a cluster named ${clusterName} that is not ours. Delete it or use it as it is.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const registry = `127.0.0.1:${await firstFreePort(firstRegistryPort)}`;
  const made: Made = { program: tool.program, host: tool.host, registry };
  writeFileSync(madeFile, `${JSON.stringify(made)}\n`);
  await withProgress("node", `making one with kind and ${clusterImages.node}`, () => create(kind, tool, registry));
  say("node", `made with kind and ${clusterImages.node}; its registry is ${registry}`);
  await waitUntilReady(new Api(readKubeconfig(kubeconfigFile)), false, true);
  return true;
}

async function startAgain({ program, host }: Made): Promise<boolean> {
  if (!(await new Kind(program, host).exists())) {
    throw new UserError("cluster: its container is gone; run `npm run cluster:down`, then this again.");
  }
  const started = await containersIn(host).start();
  if (started) {
    say("node", `started kind's ${clusterName}, which was stopped`);
  }
  await waitUntilReady(new Api(readKubeconfig(kubeconfigFile)), false, started);
  return started;
}

/** Stops the cluster of kind's; what it holds stays. @returns whether there was one */
export async function stopKind(): Promise<boolean> {
  const made = readMade();
  if (made === undefined) {
    return false;
  }
  await containersIn(made.host).stop();
  return true;
}

/** Removes the cluster of kind's. @returns whether there was one */
export async function removeKind(): Promise<boolean> {
  const made = readMade();
  if (made === undefined) {
    return false;
  }
  await removeRegistry(client(made.host));
  await new Kind(made.program, made.host).remove();
  await rm(folder, { recursive: true, force: true });
  return true;
}
