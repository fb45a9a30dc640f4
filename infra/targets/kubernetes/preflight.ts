import { isIP } from "node:net";
import { ApisApi, CoreV1Api, DiscoveryV1Api, NetworkingV1Api, StorageV1Api, VersionApi } from "@kubernetes/client-node";
import { log } from "@pulumi/pulumi";
import type { EngineConnection } from "../../../lib/docker-engine.ts";
import { describeEngine } from "../../../lib/engine-facts.ts";
import { UserError } from "../../../lib/user-error.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, refusal } from "../../config/errors.ts";
import { parseServiceName } from "../../config/service-name.ts";
import { isNamespaceName } from "../../config/values.ts";
import type { Labels } from "../../labels.ts";
import { ApiClient } from "./api-client.ts";
import type { Build } from "./image.ts";
import { clusterAccess, type ProviderConfig } from "./kubeconfig.ts";
import { architecture, nodeAddress } from "./nodes.ts";

/** What deploy needs to know of the cluster. */
export interface ClusterFacts {
  config: Config;
  namespace: string;
  /** Undefined where the config names a finished image. */
  build: Build | undefined;
  /** Where node ports are reached. */
  nodeAddress: string;
  /** IPv4 addresses of the cluster's DNS; empty where this user may not read them. */
  dnsAddresses: readonly string[];
}

export interface ClusterRequest {
  provider: ProviderConfig;
  /** Builds and pushes the service's image. */
  engine: EngineConnection;
  /** The labels of the stack's own namespace. */
  labels: Labels;
  /** The namespace's name where the config has none. */
  defaultNamespace: string;
  /** The namespace's UID in the stack's state. It is read only when there is a namespace with pods. */
  uidInState: () => Promise<unknown>;
  /** Timeout of each request to the API server, in milliseconds. */
  answerMs?: number;
}

const defaultAnswerMs = 10_000;

/** Older versions have no `sleep` action for a preStop hook. */
const minMinor = 30;

/**
 * Checks the config against the cluster before anything is created. What this user may not read is not checked.
 *
 * @throws {ConfigError} when the cluster can't give a value
 * @throws {UserError} when the cluster does not answer, or no Docker engine is there to build the service's image
 */
export async function checkCluster(config: Config, request: ClusterRequest): Promise<ClusterFacts> {
  const cluster = new ApiClient(clusterAccess(request.provider), request.answerMs ?? defaultAnswerMs);
  const namespace = config.namespace ?? request.defaultNamespace;
  if (!isNamespaceName(namespace)) {
    throw new ConfigError([
      refusal(
        "namespace",
        "",
        `a name for the namespace, since ${namespace} can't be one: small letters, digits, hyphens`,
      ),
    ]);
  }

  await checkVersion(cluster);
  const dns = await findDns(cluster, config.dnsService);
  const errors = [
    ...(await namespaceTaken(cluster, namespace, request)),
    ...(await storageMissing(cluster, config)),
    ...(await ingressClassMissing(cluster, config)),
    ...(await metricsMissing(cluster, config)),
    ...dns.errors,
  ];
  if (errors.length > 0) {
    throw new ConfigError(errors);
  }

  const registry = config.pushRegistry ?? config.imageRegistry;
  const mustBuild = config.images.resume === undefined && registry !== undefined;
  if (mustBuild) {
    await describeEngine(request.engine);
  }
  const nodes = await nodesOf(cluster);
  return {
    config,
    namespace,
    build: mustBuild ? { registry, platform: `linux/${architecture(nodes)}` } : undefined,
    nodeAddress: nodeAddress(cluster.server, nodes),
    dnsAddresses: dns.addresses,
  };
}

async function checkVersion(cluster: ApiClient): Promise<void> {
  const { major, minor, gitVersion } = await cluster.answer(cluster.api(VersionApi).getCode());
  if (Number(major) === 1 && Number.parseInt(minor, 10) < minMinor) {
    throw new UserError(
      `The cluster at ${cluster.server} is Kubernetes ${gitVersion}; allowed: 1.${minMinor} or newer.`,
    );
  }
}

async function nodesOf(cluster: ApiClient) {
  const nodes = await cluster.answerOr(cluster.api(CoreV1Api).listNode(), 403);
  if (nodes !== 403) {
    return nodes.items;
  }
  void log.info(
    "This user may not list the cluster's nodes: they are taken for amd64, and reached where the API server is.",
  );
  return [];
}

async function namespaceTaken(
  cluster: ApiClient,
  name: string,
  { labels, uidInState }: Pick<ClusterRequest, "labels" | "uidInState">,
): Promise<string[]> {
  const found = await cluster.answerOr(cluster.api(CoreV1Api).readNamespace({ name }), 404);
  if (found === 404) {
    return [];
  }
  if (!Object.entries(labels).every(([label, value]) => found.metadata?.labels?.[label] === value)) {
    return [refusal("namespace", name, "the name of a namespace that is not there yet; this one is not the stack's")];
  }
  if (found.status?.phase === "Terminating") {
    return [refusal("namespace", name, "a namespace that is not just being deleted; try again when it is gone")];
  }
  // An update that was interrupted leaves a namespace without pods.
  const pods = await cluster.answerOr(cluster.api(CoreV1Api).listNamespacedPod({ namespace: name, limit: 1 }), 403);
  if (pods === 403 || pods.items.length === 0 || (await uidInState()) === found.metadata?.uid) {
    return [];
  }
  const allowed = "a namespace of this clone's stack; this one is another clone's. Choose another name for your stack";
  return [refusal("namespace", name, `${allowed}: npm run up -- --stack NAME`)];
}

const defaultClass = "storageclass.kubernetes.io/is-default-class";

interface Named {
  metadata?: { name?: string };
}

function namesOf(items: readonly Named[]) {
  return items.map(({ metadata }) => metadata?.name).join(", ") || "none";
}

function isAmong(items: readonly Named[], name: string) {
  return items.some(({ metadata }) => metadata?.name === name);
}

async function storageMissing(cluster: ApiClient, { storageClass }: Pick<Config, "storageClass">): Promise<string[]> {
  const classes = await cluster.answerOr(cluster.api(StorageV1Api).listStorageClass(), 403);
  if (classes === 403) {
    return [];
  }
  const { items } = classes;
  const isThere =
    storageClass === undefined
      ? items.some(({ metadata }) => metadata?.annotations?.[defaultClass] === "true")
      : isAmong(items, storageClass);
  if (isThere) {
    return [];
  }
  const why = storageClass === undefined ? "; none of them is the default" : "";
  return [
    refusal("storageClass", storageClass ?? "", `a StorageClass of the cluster, which has: ${namesOf(items)}${why}`),
  ];
}

/** Without a name nothing is missing: some controllers serve an Ingress that names no class. */
async function ingressClassMissing(
  cluster: ApiClient,
  { ingressClass }: Pick<Config, "ingressClass">,
): Promise<string[]> {
  if (ingressClass === undefined) {
    return [];
  }
  const classes = await cluster.answerOr(cluster.api(NetworkingV1Api).listIngressClass(), 403);
  if (classes === 403 || isAmong(classes.items, ingressClass)) {
    return [];
  }
  return [
    refusal("ingressClass", ingressClass, `an IngressClass of the cluster, which has: ${namesOf(classes.items)}`),
  ];
}

const metricsGroup = "metrics.k8s.io";

/** Without the metrics API the autoscaler does nothing. */
async function metricsMissing(cluster: ApiClient, { autoscale }: Pick<Config, "autoscale">): Promise<string[]> {
  if (autoscale === undefined) {
    return [];
  }
  const { groups } = await cluster.answer(cluster.api(ApisApi).getAPIVersions());
  if (groups.some(({ name }) => name === metricsGroup)) {
    return [];
  }
  const why = `nothing in a cluster that does not serve ${metricsGroup}, as a metrics server does`;
  return [refusal("autoscale", JSON.stringify(autoscale), why)];
}

/** The addresses of the cluster's DNS. nginx resolves IPv4 addresses only. */
async function findDns(cluster: ApiClient, dnsService: string): Promise<{ addresses: string[]; errors: string[] }> {
  const named = parseServiceName(dnsService);
  if (named === undefined) {
    return { addresses: [dnsService], errors: [] };
  }
  const { service: name, namespace } = named;
  const refused = (allowed: string) => ({ addresses: [], errors: [refusal("dnsService", dnsService, allowed)] });

  const service = await cluster.answerOr(cluster.api(CoreV1Api).readNamespacedService({ name, namespace }), 403, 404);
  if (service === 403) {
    return { addresses: [], errors: [] };
  }
  if (service === 404) {
    return refused("the Service of the cluster's DNS, or its address; there is no such Service");
  }
  const addresses = (service.spec?.clusterIPs ?? []).filter((address) => isIP(address) === 4);
  if (addresses.length === 0) {
    return refused("a DNS with an IPv4 address; a cluster with IPv6 alone won't do");
  }

  const labelSelector = `kubernetes.io/service-name=${name}`;
  const discovery = cluster.api(DiscoveryV1Api);
  const slices = await cluster.answerOr(discovery.listNamespacedEndpointSlice({ namespace, labelSelector }), 403);
  const answers =
    slices === 403 ||
    slices.items.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions?.ready !== false));
  return answers
    ? { addresses, errors: [] }
    : refused("a Service with something behind it that answers, or the address in a pod's /etc/resolv.conf");
}
