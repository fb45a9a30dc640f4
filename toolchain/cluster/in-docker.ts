import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type Docker from "dockerode";
import { inTime } from "../../lib/in-time.ts";
import { at } from "../../lib/at.ts";
import { Facts, isOutOfReach, retryHint, wasOutOfReach } from "../../lib/facts.ts";
import { say, withProgress } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { client, findEngine } from "../tools/engine.ts";
import { firstFreePort } from "../../offline/registry.ts";
import { publicMetrics } from "../../offline/node/addons.ts";
import { Api } from "../../lib/cluster/api.ts";
import { Containers } from "./containers.ts";
import { dockerTools } from "./docker-tools.ts";
import { readKubeconfig, renderKubeconfig } from "../../lib/cluster/kubeconfig.ts";
import { clusterName, folder, inCluster, kubeconfigFile } from "../../offline/node/paths.ts";
import type { Presence } from "../../lib/cluster/presence.ts";
import { waitUntilReady } from "../../lib/cluster/ready.ts";
import { joinRegistry, registryLabel, removeRegistry, runRegistry } from "./registry-in-docker.ts";
import { readState } from "../../offline/node/state.ts";

type Name = keyof typeof dockerTools;

/** Which tool has made the cluster, the engine that it is in, and where this machine reaches its registry. */
type Choice = { tool: Name; host: string; registry: string };

const isName = (value: unknown): value is Name => Object.keys(dockerTools).some((name) => name === value);

const choiceFile = inCluster("in-docker.json");

const readChoice = (): Choice | undefined => {
  if (!existsSync(choiceFile)) return undefined;
  const value: unknown = JSON.parse(readFileSync(choiceFile, "utf8"));
  const [tool, host, registry] = [at(value, "tool"), at(value, "host"), at(value, "registry")];
  return isName(tool) && typeof host === "string" && typeof registry === "string"
    ? { tool, host, registry }
    : undefined;
};

/** Whether our cluster was made by a tool of its own in Docker. */
export const isInDocker = (): boolean => readChoice() !== undefined;

/** Where this machine reaches the registry of our cluster in Docker; undefined where there is no such cluster. */
export const registryInDocker = (): string | undefined => readChoice()?.registry;

const containersOf = ({ tool, host }: Choice): Containers =>
  new Containers(host, [dockerTools[tool].label, registryLabel]);

/** What there is of our cluster in Docker; undefined where none was made there. */
export const presenceInDocker = async (): Promise<Presence | undefined> => {
  const choice = readChoice();
  if (!choice) return undefined;
  return (await containersOf(choice).areRunning()) ? "running" : "stopped";
};

/** Whether the engine has the image, or its registry says within 15 s that it is there. */
const canPull = async (docker: Docker, image: string): Promise<boolean> => {
  const local = await docker.listImages({ filters: { reference: [image] } });
  if (local.length > 0) return true;
  try {
    await inTime(docker.getImage(image).distribution(), 15_000);
    return true;
  } catch {
    // Out of reach is an answer: the caller makes a node of this machine, and says so.
    return false;
  }
};

/** The tool on PATH with an image that it can use; one line says why one that is there is not used. */
const findTool = async (facts: Facts): Promise<(Omit<Choice, "registry"> & { image: string }) | undefined> => {
  const tool = Object.keys(dockerTools)
    .filter(isName)
    .find((name) => which(name));
  if (tool === undefined) return undefined;
  const image = await dockerTools[tool].image();
  const source = `image.${image}`;
  if (image !== undefined && !wasOutOfReach(facts, source)) {
    const { host } = await findEngine();
    if (await canPull(client(host), image)) return { tool, host, image };
    isOutOfReach(facts, source);
  }
  say("cluster", `${tool} is there, but its node's image ${image ?? ""} is out of reach (${retryHint})`);
  return undefined;
};

/** Not the one that our own registry prefers. */
const firstRegistryPort = 5155;

/** Makes the cluster and its registry. */
const create = async (choice: Choice, image: string): Promise<void> => {
  const { tool: name, host, registry } = choice;
  const tool = dockerTools[name];
  const docker = client(host);
  if (!tool.hasRegistry) await runRegistry(docker, registry);
  await tool.create(image, registry, { DOCKER_HOST: host });
  if (tool.hasRegistry) return;
  for (const node of await new Containers(host, [tool.label]).list()) await joinRegistry(docker, node, registry);
};

/** Whether a cluster that is made now comes up in Docker, and not of this machine itself. */
export const goesIntoDocker = async (): Promise<boolean> =>
  readState() === undefined && (readChoice() ?? (await findTool(new Facts()))) !== undefined;

/**
 * Brings up a cluster in a container, where kind or k3d is on PATH and its image can be had.
 * @returns whether it was made or started now; undefined where there is none, and a node has to be made of this machine
 * @throws UserError that says what the user must do
 */
export const startInDocker = async (): Promise<boolean | undefined> => {
  if (readState()) return undefined;
  const known = readChoice();
  if (known) {
    const there = await dockerTools[known.tool].exists({ DOCKER_HOST: known.host });
    if (!there) throw new UserError(`cluster: its container is gone; run \`npm run cluster:down\`, then this again.`);
    const started = await containersOf(known).start();
    if (started) say("node", `started ${clusterName} of ${known.tool}, which was stopped`);
    await waitUntilReady(new Api(readKubeconfig(kubeconfigFile)), false, started);
    return started;
  }
  const found = await findTool(new Facts());
  if (!found) return undefined;
  const { image, ...where } = found;
  const tool = dockerTools[where.tool];
  const env = { DOCKER_HOST: where.host };
  if (await tool.exists(env)) {
    throw new UserError(
      `cluster: ${where.tool} has a cluster named ${clusterName} that is not ours. Delete it or use it as it is.`,
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const choice = { ...where, registry: `127.0.0.1:${await firstFreePort(firstRegistryPort)}` };
  writeFileSync(choiceFile, `${JSON.stringify(choice)}\n`);
  await withProgress("node", `making one with ${choice.tool} and ${image}`, () => create(choice, image));
  say("node", `made with ${choice.tool} and ${image}; its registry is ${choice.registry}`);
  const access = readKubeconfig(kubeconfigFile);
  // The context gets the name that ours has, whoever made it.
  writeFileSync(kubeconfigFile, renderKubeconfig(access), { mode: 0o600 });
  const api = new Api(access);
  if (!tool.hasMetrics) for (const manifest of publicMetrics()) await api.apply(manifest);
  await waitUntilReady(api, false, true);
  return true;
};

/** Stops the cluster in a container; what it knows stays. @returns whether there was one */
export const stopInDocker = async (): Promise<boolean> => {
  const choice = readChoice();
  if (!choice) return false;
  await containersOf(choice).stop();
  return true;
};

/** Takes the cluster in a container away. @returns whether there was one */
export const removeInDocker = async (): Promise<boolean> => {
  const choice = readChoice();
  if (!choice) return false;
  const tool = dockerTools[choice.tool];
  if (!tool.hasRegistry) await removeRegistry(client(choice.host));
  await tool.remove({ DOCKER_HOST: choice.host });
  await rm(folder, { recursive: true, force: true });
  return true;
};
