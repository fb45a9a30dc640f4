import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";
import tar from "tar-stream";
import { componentLabel } from "../infra/docker/labels.ts";
import { UserError } from "../toolchain/lib/user-error.ts";

/** The containers of the stack under test, as they run. */
export interface RunningStack {
  nginx: Docker.ContainerInspectInfo;
  replicas: Docker.ContainerInspectInfo[];
  /** Label filters that find all of its containers. */
  labels: string[];
  /** Name of the network that they meet in. */
  network: string;
  /** The configuration that its nginx really runs with. */
  nginxConfig: string;
}

/**
 * Finds the stack whose nginx publishes the port of this address, whatever its name is.
 *
 * @throws UserError where there is none on this engine
 */
export async function findStack(engine: Docker, url: URL): Promise<RunningStack> {
  const port = Number(url.port || 80);
  const listed = await engine.listContainers({ filters: { label: [`${componentLabel}=nginx`] } });
  const edge = listed.find(({ Ports }) => Ports.some(({ PublicPort }) => PublicPort === port));
  if (edge === undefined) {
    throw new UserError(`No stack's nginx publishes port ${port} on this Docker engine. Bring it up with npm run up.`);
  }
  const stackLabels = Object.entries(edge.Labels).filter(
    ([label]) => label.startsWith("resume.") && label !== componentLabel,
  );
  const labels = stackLabels.map(([name, value]) => `${name}=${value}`);
  const listedReplicas = await engine.listContainers({ filters: { label: [...labels, `${componentLabel}=resume`] } });
  const inspect = ({ Id }: Docker.ContainerInfo) => engine.getContainer(Id).inspect();
  const [nginx, replicas] = await Promise.all([inspect(edge), Promise.all(listedReplicas.map(inspect))]);

  const [network] = Object.keys(nginx.NetworkSettings.Networks);
  if (network === undefined || replicas.length === 0) throw new UserError("The stack has no replicas that run.");
  return { nginx, replicas, labels, network, nginxConfig: await readFile(engine, nginx.Id, nginxConfigPath(nginx)) };
}

/** The file after `-c` in nginx' command. */
export function nginxConfigPath({ Config: { Cmd } }: Docker.ContainerInspectInfo): string {
  const path = Cmd[Cmd.indexOf("-c") + 1];
  if (!Cmd.includes("-c") || path === undefined) throw new UserError("nginx' command names no configuration file.");
  return path;
}

/** A file of a container, as text. The engine sends it as a tar archive. */
async function readFile(engine: Docker, id: string, path: string): Promise<string> {
  const archive = await buffer(await engine.getContainer(id).getArchive({ path }));
  const unpack = tar.extract();
  unpack.end(archive);
  for await (const entry of unpack) return text(entry);
  throw new Error(`${path} is not in the container ${id}`);
}
