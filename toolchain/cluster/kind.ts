import { createHash } from "node:crypto";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "../../lib/cluster/api.ts";
import { clusterName, kubeconfigFile } from "../../lib/cluster/place.ts";
import { clusterImages } from "../../lib/images.ts";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { say, withProgress } from "../../lib/report.ts";
import { mustRun } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";

/** The release that is downloaded when no kind is on PATH: the first one that supports our version of Kubernetes. */
export const kindVersion = "v0.30.0";

/** The label of the node's container. */
export const nodeLabel = `io.x-k8s.kind.cluster=${clusterName}`;

/** The cluster's node ports. All are published on 127.0.0.1, so that there are few: each costs a forwarding rule. */
const nodePorts = { first: 30080, last: 30099 };

/** containerd's folder of registry settings in kind's node. */
export const registryFolder = "/etc/containerd/certs.d";

/** kind's config: one node, whose range of node ports is published. */
export function kindConfig(): string {
  const ports = Array.from({ length: nodePorts.last - nodePorts.first + 1 }, (_, offset) => nodePorts.first + offset);
  const apiServer = { extraArgs: { "service-node-port-range": `${nodePorts.first}-${nodePorts.last}` } };
  const extraPortMappings = ports.map((port) => ({
    containerPort: port,
    hostPort: port,
    listenAddress: "127.0.0.1",
  }));
  return JSON.stringify({
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    containerdConfigPatches: [`[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "${registryFolder}"\n`],
    kubeadmConfigPatches: [JSON.stringify({ kind: "ClusterConfiguration", apiServer })],
    nodes: [{ role: "control-plane", extraPortMappings }],
  });
}

async function fetchFile(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(120_000) });
  if (!response.ok) {
    throw new Error(`${url} answers ${response.status}`);
  }
  return Buffer.from(await response.arrayBuffer());
}

/** Downloads kind into the cache. @throws {Error} when it is out of reach, or does not match its published checksum */
async function download(program: string): Promise<void> {
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const url = `https://kind.sigs.k8s.io/dl/${kindVersion}/kind-${platform}`;
  const [bytes, checksum] = await Promise.all([fetchFile(url), fetchFile(`${url}.sha256sum`)]);
  if (!checksum.toString().startsWith(createHash("sha256").update(bytes).digest("hex"))) {
    throw new Error(`${url} does not have the checksum that is published with it`);
  }
  await makeFolder(join(program, ".."), async (temporary) => {
    writeFileSync(join(temporary, "kind"), bytes);
    chmodSync(join(temporary, "kind"), 0o755);
  });
}

/** Finds kind on PATH or in the cache, or downloads it. @throws {Error} when it can't be downloaded */
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

/** The program kind, and the address of the Docker engine that it uses. */
export type Kind = { program: string; host: string };

function runKind({ program, host }: Kind, args: string[], input = ""): Promise<string> {
  return mustRun(program, args, { env: { DOCKER_HOST: host }, input, timeoutMs: 600_000 });
}

/** Creates the cluster and waits until its node is ready. The kubeconfig is ours, never the user's. */
export async function createKindCluster(kind: Kind): Promise<void> {
  const options = ["--name", clusterName, "--image", clusterImages.node, "--kubeconfig", kubeconfigFile];
  await runKind(kind, ["create", "cluster", ...options, "--config", "-", "--wait", "120s"], kindConfig());
}

/** Whether kind has a cluster with our name. */
export async function kindClusterExists(kind: Kind): Promise<boolean> {
  return (await runKind(kind, ["get", "clusters"])).split("\n").includes(clusterName);
}

/** Deletes the cluster, and its context in our kubeconfig. */
export async function deleteKindCluster(kind: Kind): Promise<void> {
  await runKind(kind, ["delete", "cluster", "--name", clusterName, "--kubeconfig", kubeconfigFile]);
}

/** kind's clusters have no metrics-server. The autoscaler needs it. */
const metricsServerUrl = "https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.1/components.yaml";

function isManifest(value: unknown): value is Manifest {
  return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value && "metadata" in value;
}

/**
 * Adapts metrics-server's manifests to kind, whose kubelets have self-signed certificates.
 * @throws {Error} when the text has no Deployment whose container has arguments
 */
export function forKind(text: string): Manifest[] {
  const documents = parseAllDocuments(text);
  const args = documents
    .find((document) => document.get("kind") === "Deployment")
    ?.getIn(["spec", "template", "spec", "containers", 0, "args"]);
  if (typeof args !== "object" || args === null || !("add" in args) || typeof args.add !== "function") {
    throw new Error("metrics-server's manifests have no Deployment whose container has arguments");
  }
  args.add("--kubelet-insecure-tls");
  return documents.map((document): unknown => document.toJS()).filter(isManifest);
}

/** metrics-server's official manifests, adapted to kind. @throws {Error} when they can't be downloaded */
export async function metricsServer(): Promise<Manifest[]> {
  return forKind((await fetchFile(metricsServerUrl)).toString());
}
