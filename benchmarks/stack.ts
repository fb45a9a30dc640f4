import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";
import tar from "tar-stream";
import { componentLabel } from "../infra/targets/docker/labels.ts";
import { at } from "../lib/at.ts";
import { messageOf, UserError } from "../lib/user-error.ts";
import { ask } from "./address.ts";
import { hostOf, isLoopback } from "./loopback.ts";
import { isGone } from "./sampling.ts";

/** The containers of the stack under test, as they run. */
export interface RunningStack {
  nginx: Docker.ContainerInspectInfo;
  replicas: Docker.ContainerInspectInfo[];
  /** Label filters that find all of its containers. */
  labels: string[];
  /** Name of the network that they meet in. */
  network: string;
  /** The configuration that its nginx runs with. */
  nginxConfig: string;
}

/**
 * Finds the stack that answers at this address, whatever its name is: its nginx publishes the port there, and what
 * answers is one of its replicas. A port alone proves nothing: another host may have the same.
 *
 * @throws {UserError} when there is none on this engine
 */
export async function findStack(engine: Docker, url: URL): Promise<RunningStack> {
  const listed = await engine.listContainers({ filters: { label: [`${componentLabel}=nginx`] } });
  const edge = listed.find(({ Ports }) => Ports.some((port) => isPublishedAt(port, url, remoteHost(engine))));
  if (edge === undefined) {
    throw new UserError(
      `No stack's nginx is published at ${url.host} by this Docker engine. Bring it up with npm run up.`,
    );
  }
  const stackLabels = Object.entries(edge.Labels).filter(
    ([label]) => label.startsWith("resume.") && label !== componentLabel,
  );
  const labels = stackLabels.map(([name, value]) => `${name}=${value}`);
  const listedReplicas = await engine.listContainers({ filters: { label: [...labels, `${componentLabel}=resume`] } });
  const inspect = ({ Id }: Docker.ContainerInfo) => engine.getContainer(Id).inspect();
  const [nginx, replicas] = await Promise.all([inspect(edge), Promise.all(listedReplicas.map(inspect))]);

  const [network] = Object.keys(nginx.NetworkSettings.Networks);
  if (network === undefined || replicas.length === 0) {
    throw new UserError("The stack has no replicas that run.");
  }
  const answered = await replicaAt(url);
  if (!replicas.some(({ Config }) => Config.Hostname === answered)) {
    throw new UserError(
      `What answers at ${url.host} is no replica of the stack that this Docker engine publishes there.`,
    );
  }
  return { nginx, replicas, labels, network, nginxConfig: await readFile(engine, nginx.Id, nginxConfigPath(nginx)) };
}

type PublishedPort = Pick<Docker.Port, "PublicPort"> & { IP?: string };

/**
 * Whether this address leads to the published port: by its own IP address, by loopback where it is published there, or
 * by the engine's own host where that is another.
 */
export function isPublishedAt({ IP = "", PublicPort }: PublishedPort, url: URL, engineHost?: string): boolean {
  if (PublicPort !== Number(url.port || 80)) {
    return false;
  }
  const host = hostOf(url);
  const everywhere = IP === "" || IP === "0.0.0.0" || IP === "::";
  const byLoopback = host === "localhost" || isLoopback(host);
  if (engineHost !== undefined) {
    return !byLoopback && (IP === host || (everywhere && host === engineHost));
  }
  return byLoopback ? everywhere || isLoopback(IP) : IP === host;
}

/** The host of an engine that is not on this machine. */
function remoteHost({ modem }: Docker): string | undefined {
  const [socketPath, host] = [at(modem, "socketPath"), at(modem, "host")];
  return socketPath === undefined && typeof host === "string" && host !== "localhost" && !isLoopback(host)
    ? host
    : undefined;
}

/** The name of the replica that answers now. @throws {UserError} when none does */
async function replicaAt(url: URL): Promise<string | undefined> {
  const { href } = new URL("/health", url);
  const answer = await ask(href, {}, false).catch((error: unknown) => {
    throw new UserError(`${href} does not answer: ${messageOf(error)}`);
  });
  const name = answer.headers["x-replica"];
  return typeof name === "string" ? name : undefined;
}

/** The file after `-c` in nginx' command. */
export function nginxConfigPath({ Config: { Cmd } }: Docker.ContainerInspectInfo): string {
  const path = Cmd[Cmd.indexOf("-c") + 1];
  if (!Cmd.includes("-c") || path === undefined) {
    throw new UserError("nginx' command names no configuration file.");
  }
  return path;
}

/** A file of a container, as text. The engine sends it as a tar archive. */
async function readFile(engine: Docker, id: string, path: string): Promise<string> {
  const archive = await buffer(await engine.getContainer(id).getArchive({ path }));
  const unpack = tar.extract();
  unpack.end(archive);
  for await (const entry of unpack) {
    return text(entry);
  }
  throw new Error(`${path} is not in the container ${id}`);
}

/** What the stack's containers are made of. */
export interface StackFacts {
  /** The image of each component: its name where it has one, else its id. */
  images: Record<string, string>;
  /** How many replicas there are. */
  replicas: number;
  /** What one replica may use; null for no limit. */
  limits: { cpus: number | null; memoryMb: number | null; nofile: number | null };
}

/** Asks the engine. @throws {Error} when it does not answer */
export async function stackFacts(engine: Docker, { labels, replicas }: RunningStack): Promise<StackFacts> {
  const listed = await engine.listContainers({ filters: { label: [...labels] } });
  const images = new Map<string, string>();
  for (const { Labels, ImageID } of listed) {
    const component = Labels[componentLabel];
    if (component !== undefined && !images.has(component)) {
      images.set(component, await nameOf(engine, ImageID));
    }
  }
  const { NanoCpus, Memory, Ulimits } = replicas[0]?.HostConfig ?? {};
  const open = (Ulimits ?? []).find((limit: object) => at(limit, "Name") === "nofile");
  const nofile = at(open, "Soft");
  return {
    images: Object.fromEntries([...images].sort(([one], [other]) => one.localeCompare(other, "en"))),
    replicas: replicas.length,
    limits: {
      cpus: NanoCpus ? NanoCpus / 1e9 : null,
      memoryMb: Memory ? Memory / 2 ** 20 : null,
      nofile: typeof nofile === "number" ? nofile : null,
    },
  };
}

/** The name with a tag, else the one with a digest, else the id, which is all that a deleted image has. */
async function nameOf(engine: Docker, id: string): Promise<string> {
  try {
    const { RepoTags, RepoDigests } = await engine.getImage(id).inspect();
    return [...(RepoTags ?? []), ...(RepoDigests ?? [])].find((name) => !name.includes("<none>")) ?? id;
  } catch (error) {
    if (isGone(error)) {
      return id;
    }
    throw error;
  }
}
