/** The provider's settings, and which cluster they lead to. */
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import type { Failure } from "../lib/check.ts";
import type { Change } from "../lib/plan.ts";
import { configUpdates } from "../lib/provider.ts";
import { isProps, type Props, Secret, sameValue, Unknown, type Value } from "../lib/values.ts";

export interface Settings {
  /** Where an object goes that names no namespace. */
  namespace: string;
  configMapMutable: boolean;
  secretMutable: boolean;
  patchForce: boolean;
  /** An object that exists already is taken over instead of refused. */
  upsert: boolean;
  /** What an unreachable cluster holds is taken out of the state instead of refused. */
  deleteUnreachable: boolean;
  /** What an unreachable cluster holds is left as it is instead of refused. */
  skipUnreachable: boolean;
}

/** The settings that are yes or no, each with the environment variable that is its default. */
const flags = {
  configMapMutable: ["enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"],
  secretMutable: ["enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"],
  patchForce: ["enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"],
  upsert: ["upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"],
  deleteUnreachable: ["deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"],
  skipUnreachable: ["skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"],
} as const;

const texts = ["kubeconfig", "context", "cluster", "namespace", "clusterIdentifier"];
/** Settings that change nothing here: this plugin gives no such warnings and has no Helm releases. */
const withoutEffect = ["suppressDeprecationWarnings", "suppressHelmHookWarnings", "helmReleaseSettings"];
const refused = ["renderYamlToDirectory", "alwaysRender", "kubeClientSettings", "strictMode"];
const enginesOwn = ["version", "pluginDownloadURL"];

/** Settings that this plugin doesn't take, each by name. */
export function checkSettings(config: Props): Failure[] {
  const taken = [...texts, ...withoutEffect, ...enginesOwn, ...Object.values(flags).map(([key]) => key)];
  const failures = Object.entries(config).flatMap(([key, value]) => {
    if (key.startsWith("__") || taken.includes(key) || isOff(value)) {
      return [];
    }
    const reason = refused.includes(key)
      ? `provider setting '${key}' is not supported by the stand-in kubernetes plugin`
      : `unknown provider setting '${key}'`;
    return key === "enableServerSideApply" ? [] : [{ property: key, reason }];
  });
  return isExplicitlyFalse(config.enableServerSideApply)
    ? [
        ...failures,
        { property: "enableServerSideApply", reason: "the stand-in kubernetes plugin has server-side apply only" },
      ]
    : failures;
}

/** The SDK sends every setting; those that were not given are empty, or the JSON text of nothing. */
function isOff(value: Value): boolean {
  return value === null || value === "" || value === "null" || value === "{}" || isFalse(value);
}

function isFalse(value: Value | undefined): boolean {
  return value === false || value === "false";
}

function isExplicitlyFalse(value: Value | undefined): boolean {
  return isFalse(value) || (value === undefined && process.env.PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY === "false");
}

export function readSettings(config: Props, kubeConfig: KubeConfig | undefined): Settings {
  const flag = ([key, variable]: readonly [string, string]): boolean => {
    const value = config[key];
    return value === undefined || value === null
      ? process.env[variable] === "true"
      : value === true || value === "true";
  };
  const context = kubeConfig?.getContextObject(kubeConfig.getCurrentContext());
  return {
    namespace: text(config.namespace) ?? context?.namespace ?? "default",
    configMapMutable: flag(flags.configMapMutable),
    secretMutable: flag(flags.secretMutable),
    patchForce: flag(flags.patchForce),
    upsert: flag(flags.upsert),
    deleteUnreachable: flag(flags.deleteUnreachable),
    skipUnreachable: flag(flags.skipUnreachable),
  };
}

/**
 * The kubeconfig that the settings name, or that of the environment (KUBECONFIG, then ~/.kube/config), with the context
 * and the cluster that the settings name.
 * @throws one sentence when there is none, it can't be read, or it has no such context or cluster.
 */
export function loadKubeConfig(config: Props): KubeConfig {
  const kubeConfig = kubeConfigOf(config.kubeconfig);
  const context = text(config.context) ?? kubeConfig.getCurrentContext();
  const contexts = kubeConfig.getContexts().map(({ name }) => name);
  if (!context) {
    throw new Error(`the kubeconfig has no current context, and 'context' is not set; it has: ${listed(contexts)}`);
  }
  if (!contexts.includes(context)) {
    throw new Error(`the kubeconfig has no context '${context}'; it has: ${listed(contexts)}`);
  }
  kubeConfig.setCurrentContext(context);
  const cluster = text(config.cluster);
  if (cluster !== undefined) {
    useCluster(kubeConfig, cluster);
  }
  if (kubeConfig.getCurrentCluster() === null) {
    const named = kubeConfig.getContextObject(context)?.cluster;
    throw new Error(`the kubeconfig's context '${context}' names the cluster '${named}', which the kubeconfig has not`);
  }
  return kubeConfig;
}

function useCluster(kubeConfig: KubeConfig, cluster: string): void {
  if (kubeConfig.getCluster(cluster) === null) {
    const clusters = kubeConfig.getClusters().map(({ name }) => name);
    throw new Error(`the kubeconfig has no cluster '${cluster}'; it has: ${listed(clusters)}`);
  }
  const current = kubeConfig.getCurrentContext();
  kubeConfig.contexts = kubeConfig
    .getContexts()
    .map((context) => (context.name === current ? { ...context, cluster } : context));
}

function kubeConfigOf(value: Value | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  const given = isProps(value) ? JSON.stringify(value) : text(value);
  if (given !== undefined) {
    const path = given.startsWith("~/") ? join(homedir(), given.slice(2)) : given;
    const isPath = !given.includes("\n") && !given.trimStart().startsWith("{");
    const isFile = isPath && existsSync(path);
    if (isPath && !isFile) {
      throw new Error(`there is no kubeconfig file '${given}', which the setting 'kubeconfig' names`);
    }
    read(isFile ? path : "the setting 'kubeconfig'", () => {
      kubeConfig.loadFromString(isFile ? readFileSync(path, "utf8") : given);
    });
    if (isFile) {
      kubeConfig.makePathsAbsolute(dirname(path));
    }
    return kubeConfig;
  }
  const files = (process.env.KUBECONFIG || join(homedir(), ".kube", "config")).split(delimiter).filter(existsSync);
  const [first] = files;
  if (first === undefined) {
    const where = process.env.KUBECONFIG ? `KUBECONFIG=${process.env.KUBECONFIG}` : "~/.kube/config";
    throw new Error(`there is no kubeconfig: 'kubeconfig' is not set and ${where} is not there`);
  }
  for (const file of files) {
    const next = new KubeConfig();
    read(file, () => next.loadFromFile(file));
    if (file === first) {
      kubeConfig.loadFromFile(file);
    } else {
      kubeConfig.mergeConfig(next, true);
    }
  }
  return kubeConfig;
}

/** @throws a sentence that names the place and doesn't show what is written there, which may hold secrets. */
function read(place: string, load: () => void): void {
  try {
    load();
  } catch (error) {
    const why = error instanceof Error && "code" in error ? `: ${error.message}` : "";
    throw new Error(`${place} is no kubeconfig that can be read${why}`);
  }
}

/**
 * What changed settings mean: another cluster replaces the provider and all that it holds, anything else is an update.
 * With `clusterIdentifier` only a change of that replaces.
 */
export function diffSettings(olds: Props, news: Props): Change[] {
  const changed = configUpdates(olds, news);
  if (news.kubeconfig instanceof Unknown) {
    return [{ path: "kubeconfig", property: "kubeconfig", kind: "update", replace: true }];
  }
  if (olds.clusterIdentifier !== undefined || news.clusterIdentifier !== undefined) {
    return changed.map((change) => ({ ...change, replace: change.property === "clusterIdentifier" }));
  }
  const isOther = !sameValue(activeCluster(olds), activeCluster(news));
  return changed.map((change) => ({ ...change, replace: isOther }));
}

/** What is known of the cluster without asking the environment: nothing where the settings hold no kubeconfig. */
function activeCluster(config: Props): Value {
  if (config.kubeconfig === undefined || config.kubeconfig === null) {
    return null;
  }
  try {
    const cluster = loadKubeConfig(config).getCurrentCluster();
    return cluster === null ? null : { server: cluster.server, ca: cluster.caData ?? cluster.caFile ?? "" };
  } catch {
    // It can't be read any more, or not yet: connecting will say so; it is no cluster to compare.
    return null;
  }
}

function text(value: Value | undefined): string | undefined {
  const plain = value instanceof Secret ? value.value : value;
  return typeof plain === "string" && plain !== "" ? plain : undefined;
}

function listed(names: string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
