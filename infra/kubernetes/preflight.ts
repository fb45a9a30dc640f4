import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  StorageV1Api,
  type V1Node,
  VersionApi,
} from "@kubernetes/client-node";
import { RunError } from "@pulumi/pulumi";
import { type Config, ConfigError, isNamespaceName, refusal } from "../config.ts";
import { describeEngine } from "../docker/preflight.ts";
import type { Labels } from "../labels.ts";
import type { Build } from "./image.ts";
import { clusterAccess, type ProviderConfig } from "./kubeconfig.ts";

/** What is asked of the cluster before anything is created. */
export interface ClusterFacts {
  config: Config;
  namespace: string;
  /** None where the service's image is there already. */
  build: Build | undefined;
  /** Where node ports are reached. */
  nodeAddress: string;
}

export interface Surroundings {
  provider: ProviderConfig;
  /** `docker:host` of the stack's config. */
  dockerHost: string | undefined;
  /** Those that the stack's own namespace carries. */
  labels: Labels;
  /** What the namespace is called where the config says nothing. */
  usualNamespace: string;
}

/** How long the API server may take to answer, in milliseconds. */
const answerMs = 10_000;

/** Older ones know no pause before a stop without a program for it in the image. */
const leastMinor = 30;

/**
 * Holds the config against the cluster, so that what can't work is refused before anything is created.
 *
 * @throws ConfigError with a sentence for each value that the cluster can't give; RunError where there is no such
 * cluster, it does not answer, or no Docker engine is there to build the service's image with
 */
export async function checkCluster(config: Config, surroundings: Surroundings): Promise<ClusterFacts> {
  const access = clusterAccess(surroundings.provider);
  const server = access.getCurrentCluster()?.server ?? "";
  const namespace = config.kubernetes.namespace ?? surroundings.usualNamespace;
  if (!isNamespaceName(namespace)) {
    throw new ConfigError([
      refusal(
        "namespace",
        "",
        `a name for the namespace, since ${namespace} can't be one: small letters, digits, hyphens`,
      ),
    ]);
  }

  await checkVersion(access, server);
  const nodes = (await answered(server, access.makeApiClient(CoreV1Api).listNode())).items;
  const sentences = [
    ...(await namespaceTaken(access, server, namespace, surroundings.labels)),
    ...(await storageMissing(access, server, config)),
  ];
  if (sentences.length > 0) throw new ConfigError(sentences);

  const registry = config.kubernetes.pushRegistry ?? config.imageRegistry;
  const mustBuild = config.images.resume === undefined && registry !== undefined;
  if (mustBuild) await describeEngine(surroundings.dockerHost);
  return {
    config,
    namespace,
    build: mustBuild ? { registry, platform: `linux/${architecture(nodes)}` } : undefined,
    nodeAddress: nodeAddress(server, nodes),
  };
}

/** The answer. @throws RunError with one sentence where the server gives none, or refuses */
async function answered<T>(server: string, request: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(answerMs);
  const silence = new Promise<never>((_, reject) =>
    late.addEventListener("abort", () => reject(new Error(`no answer within ${answerMs / 1000} s`))),
  );
  try {
    return await Promise.race([request, silence]);
  } catch (error) {
    if (error instanceof ApiException) {
      throw new RunError(`The Kubernetes API server at ${server} refuses (${error.code}): ${messageIn(error.body)}.`);
    }
    throw new RunError(
      `No Kubernetes API server answers at ${server} (${reasonOf(error)}). Start the cluster, or name another with kubernetes:context.`,
    );
  }
}

/** The last of the causes says what it is. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message || error.name : reasonOf(error.cause);
}

/** The message of a Status object. */
function messageIn(body: unknown): string {
  const status: unknown = typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : body;
  return typeof status === "object" && status !== null && "message" in status ? String(status.message) : String(body);
}

async function checkVersion(access: KubeConfig, server: string): Promise<void> {
  const { major, minor, gitVersion } = await answered(server, access.makeApiClient(VersionApi).getCode());
  if (Number(major) === 1 && Number.parseInt(minor, 10) < leastMinor) {
    throw new RunError(`The cluster at ${server} is Kubernetes ${gitVersion}; allowed: 1.${leastMinor} or newer.`);
  }
}

async function namespaceTaken(access: KubeConfig, server: string, name: string, labels: Labels): Promise<string[]> {
  const found = (await answered(server, access.makeApiClient(CoreV1Api).listNamespace())).items.find(
    ({ metadata }) => metadata?.name === name,
  );
  if (found === undefined) return [];
  if (!Object.entries(labels).every(([label, value]) => found.metadata?.labels?.[label] === value)) {
    return [refusal("namespace", name, "the name of a namespace that is not there yet; this one is not the stack's")];
  }
  return found.status?.phase === "Terminating"
    ? [refusal("namespace", name, "a namespace that is not just being deleted; try again when it is gone")]
    : [];
}

const usualClass = "storageclass.kubernetes.io/is-default-class";

async function storageMissing(access: KubeConfig, server: string, config: Config): Promise<string[]> {
  const { storageClass } = config.kubernetes;
  const classes = (await answered(server, access.makeApiClient(StorageV1Api).listStorageClass())).items;
  const isThere =
    storageClass === undefined
      ? classes.some(({ metadata }) => metadata?.annotations?.[usualClass] === "true")
      : classes.some(({ metadata }) => metadata?.name === storageClass);
  if (isThere) return [];
  const names = classes.map(({ metadata }) => metadata?.name).join(", ") || "none";
  const why = storageClass === undefined ? "; none of them is the default" : "";
  return [refusal("storageClass", storageClass ?? "", `a StorageClass of the cluster, which has: ${names}${why}`)];
}

/** What most nodes are, in Docker's names of processors. */
function architecture(nodes: readonly V1Node[]): string {
  const counts = new Map<string, number>();
  for (const { status } of nodes) {
    const name = status?.nodeInfo?.architecture ?? "amd64";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  return most?.[0] ?? "amd64";
}

/** Whether a server's host is this machine. */
function isHere(hostname: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  return hostname === "localhost" || own.includes(hostname.replace(/^\[(.*)\]$/, "$1"));
}

/** A cluster whose API server is on this machine has its nodes here, too. */
function nodeAddress(server: string, nodes: readonly V1Node[]): string {
  const { hostname } = new URL(server);
  if (isHere(hostname)) return "127.0.0.1";
  const addresses = nodes.flatMap(({ status }) => status?.addresses ?? []);
  const found = ["ExternalIP", "InternalIP"].flatMap((type) => addresses.filter((address) => address.type === type));
  const [first] = found.map(({ address }) => address).filter((address) => isIP(address) !== 0);
  return first === undefined ? hostname : isIP(first) === 6 ? `[${first}]` : first;
}
