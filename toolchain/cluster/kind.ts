import { createHash } from "node:crypto";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clusterName, kubeconfigFile } from "../../lib/cluster/place.ts";
import { clusterImages } from "../../lib/images.ts";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { say, withProgress } from "../../lib/report.ts";
import { mustRun } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";

/** The release that is downloaded where no kind is on PATH. It is the first one that comes with this Kubernetes. */
export const kindVersion = "v0.30.0";

/** The label of the node's container. */
export const nodeLabel = `io.x-k8s.kind.cluster=${clusterName}`;

/** The node ports that the cluster has, all published on 127.0.0.1: each costs a forwarding. */
const nodePorts = { first: 30080, last: 30099 };

/** Where containerd in kind's node looks up how a registry is reached. */
export const registryFolder = "/etc/containerd/certs.d";

/** kind's settings: one node, which chooses node ports only where they are published. */
export function kindSettings(): string {
  const ports = Array.from({ length: nodePorts.last - nodePorts.first + 1 }, (_, offset) => nodePorts.first + offset);
  const apiServer = { extraArgs: { "service-node-port-range": `${nodePorts.first}-${nodePorts.last}` } };
  return JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    containerdConfigPatches: [`[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "${registryFolder}"\n`],
    kubeadmConfigPatches: [JSON.stringify({ kind: "ClusterConfiguration", apiServer })],
    nodes: [
      {
        role: "control-plane",
        extraPortMappings: ports.map((port) => ({
          containerPort: port,
          hostPort: port,
          listenAddress: "127.0.0.1",
        })),
      },
    ],
  });
}

const limitMs = 600_000;

async function fetchFile(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!answer.ok) {
    throw new Error(`${url} answers ${answer.status}`);
  }
  return Buffer.from(await answer.arrayBuffer());
}

/**
 * Downloads kind's program into the cache.
 * @throws {Error} when its source can't be reached, or the program does not have the checksum that is published with it
 */
async function download(program: string): Promise<void> {
  const machine = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const url = `https://kind.sigs.k8s.io/dl/${kindVersion}/kind-${machine}`;
  const [bytes, checksum] = await Promise.all([fetchFile(url), fetchFile(`${url}.sha256sum`)]);
  if (!checksum.toString().startsWith(createHash("sha256").update(bytes).digest("hex"))) {
    throw new Error(`${url} does not have the checksum that is published with it`);
  }
  await makeFolder(join(program, ".."), async (temporary) => {
    writeFileSync(join(temporary, "kind"), bytes);
    chmodSync(join(temporary, "kind"), 0o755);
  });
}

/**
 * Finds kind: on PATH, in the cache, or at its official download.
 * @throws {Error} when it is nowhere and can't be downloaded
 */
export async function findKind(): Promise<string> {
  const onPath = which("kind");
  if (onPath !== undefined) {
    return onPath;
  }
  const program = inCache("kind", kindVersion, "kind");
  if (!existsSync(program)) {
    await withProgress("kind", `downloading kind ${kindVersion}`, () => download(program));
    say("kind", `${kindVersion}, the official download, in ${program}`);
  }
  return program;
}

/** The program kind, for one Docker engine. */
export class Kind {
  readonly #program: string;
  readonly #env: Record<string, string>;

  /** @param host the engine's address, as in DOCKER_HOST */
  constructor(program: string, host: string) {
    this.#program = program;
    this.#env = { DOCKER_HOST: host };
  }

  /** Creates the cluster, waits until its node is ready, and writes our kubeconfig, never the user's. */
  async create(): Promise<void> {
    const place = ["--name", clusterName, "--image", clusterImages.node, "--kubeconfig", kubeconfigFile];
    const options = { env: this.#env, input: kindSettings(), timeoutMs: limitMs };
    await mustRun(this.#program, ["create", "cluster", ...place, "--config", "-", "--wait", "120s"], options);
  }

  /** Whether there is a cluster of our name. */
  async exists(): Promise<boolean> {
    const names = await mustRun(this.#program, ["get", "clusters"], { env: this.#env });
    return names.split("\n").includes(clusterName);
  }

  /** Deletes the cluster, and takes it out of our kubeconfig rather than the user's. */
  async remove(): Promise<void> {
    const args = ["delete", "cluster", "--name", clusterName, "--kubeconfig", kubeconfigFile];
    await mustRun(this.#program, args, { env: this.#env, timeoutMs: limitMs });
  }
}
