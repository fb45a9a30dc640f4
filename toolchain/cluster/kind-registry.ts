import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { clusterName } from "../../lib/cluster/place.ts";
import { pullImage } from "../../lib/docker-images.ts";
import { clusterImages } from "../../lib/images.ts";
import { hasStatus, UserError } from "../../lib/user-error.ts";
import { registryFolder } from "./kind.ts";

const registryName = "resume-registry";

/** The port that the registry serves inside the cluster's network. */
const registryPort = 5000;

/** The label of the registry's container. */
export const registryLabel = `resume.registry=${clusterName}`;

/** Runs a registry in a container. @param address where this machine reaches it, as `127.0.0.1:5155` */
export async function runRegistry(docker: Docker, address: string): Promise<void> {
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

/** Runs a command in a container. @throws UserError with what it said when it fails */
async function exec(docker: Docker, container: string, command: string[]): Promise<void> {
  const made = await docker.getContainer(container).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const said = await buffer(await made.start({}));
  const { ExitCode } = await made.inspect();
  if (ExitCode !== 0) {
    throw new UserError(`cluster: ${command.join(" ")} failed in ${container}: ${said.toString()}`);
  }
}

/** How the node reaches what the machine calls 127.0.0.1: by the registry's name in the network of both. */
const hosts = `[host."http://${registryName}:${registryPort}"]\n`;

/** Lets a node of kind pull from our registry by the address that this machine pushes to. */
export async function joinRegistry(docker: Docker, node: Docker.ContainerInfo, address: string): Promise<void> {
  const folder = `${registryFolder}/${address}`;
  await exec(docker, node.Id, ["sh", "-ec", 'mkdir -p "$0"; printf %s "$1" > "$0/hosts.toml"', folder, hosts]);
  for (const network of Object.keys(node.NetworkSettings.Networks)) {
    await docker.getNetwork(network).connect({ Container: registryName });
  }
}

/** Takes our registry and what it holds away, if it is there. */
export async function removeRegistry(docker: Docker): Promise<void> {
  try {
    await docker.getContainer(registryName).remove({ force: true, v: true });
  } catch (error) {
    if (!hasStatus(error, 404)) {
      throw error;
    }
  }
}
