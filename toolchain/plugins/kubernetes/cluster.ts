/** The cluster that the provider's settings lead to, reachable or not. */
import type { EngineLog } from "../lib/engine-log.ts";
import { type Props, Unknown } from "../lib/values.ts";
import { Api } from "./api.ts";
import { NoSuchKindError } from "./api-error.ts";
import { loadKubeConfig, readSettings, type Settings } from "./configure.ts";
import { type Reference, textAt } from "./object.ts";

const connectTimeoutMs = 10_000;

/** Kinds outside of namespaces, for when the API server can't be asked. */
const clusterKinds = [
  "APIService",
  "CSIDriver",
  "CSINode",
  "CertificateSigningRequest",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "FlowSchema",
  "IngressClass",
  "MutatingWebhookConfiguration",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "RuntimeClass",
  "StorageClass",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
];

export interface Cluster {
  settings: Settings;
  log: EngineLog;
  /** Aborted when the user gives up. */
  signal: AbortSignal;
  /** The calls to it, or why there can't be any. */
  connection: { api: Api } | { unreachable: string };
}

/**
 * Connects. A cluster that can't be reached is no error yet: a preview can do without for what is new, and everything
 * else says so.
 */
export async function connect(config: Props, log: EngineLog, signal: AbortSignal): Promise<Cluster> {
  if (config.kubeconfig instanceof Unknown) {
    const unreachable = "the provider's 'kubeconfig' is not known yet";
    return { settings: readSettings(config, undefined), log, signal, connection: { unreachable } };
  }
  try {
    const kubeConfig = loadKubeConfig(config);
    const settings = readSettings(config, kubeConfig);
    return { settings, log, signal, connection: await reach(new Api(kubeConfig)) };
  } catch (error) {
    return { settings: readSettings(config, undefined), log, signal, connection: { unreachable: messageOf(error) } };
  }
}

async function reach(api: Api): Promise<Cluster["connection"]> {
  try {
    await api.version(connectTimeoutMs);
    // The version is for everyone, this only for those who may come in.
    await api.kind("v1", "Namespace");
    return { api };
  } catch (error) {
    const why = messageOf(error);
    return {
      unreachable: why.includes(api.server) ? why : `the Kubernetes API server at ${api.server} refuses us: ${why}`,
    };
  }
}

/** @throws one sentence when the cluster can't be reached. */
export function apiOf({ connection }: Cluster): Api {
  if ("unreachable" in connection) {
    throw new Error(connection.unreachable);
  }
  return connection.api;
}

/** Whether objects of a kind live in namespaces; a kind that the cluster doesn't know (yet) is taken to. */
export async function isNamespaced({ connection }: Cluster, object: Props): Promise<boolean> {
  const [apiVersion, kind] = [textAt(object, "apiVersion"), textAt(object, "kind")];
  if ("unreachable" in connection) {
    return !clusterKinds.includes(kind);
  }
  try {
    return (await connection.api.kind(apiVersion, kind)).namespaced;
  } catch (error) {
    if (error instanceof NoSuchKindError) {
      return true;
    }
    throw error;
  }
}

/** Whether the cluster can be asked about objects of a kind. */
export async function knowsKind({ connection }: Cluster, { apiVersion, kind }: Reference): Promise<boolean> {
  if ("unreachable" in connection) {
    return false;
  }
  try {
    await connection.api.kind(apiVersion, kind);
    return true;
  } catch (error) {
    if (error instanceof NoSuchKindError) {
      return false;
    }
    throw error;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
