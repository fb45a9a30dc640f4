import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { refusePlainSecrets } from "../../infra/config/plain-secrets.ts";
import { usualContent } from "../../infra/system/content.ts";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import type { ProbeCache } from "../../lib/probe-cache.ts";

/** The project's name, as in Pulumi.yaml. */
export const project = "resume";

/** The stack of `npm run up`. */
export const devStack = "dev";

/** The stack on the cluster of `npm run cluster:up`. */
export const clusterStack = "k8s";

/** The config values for a cluster of ours. */
export type ClusterAddress = { kubeconfig: string; context: string; dnsTtl?: string };

/** A cluster of ours, with the registry that it pulls from. */
export type StackCluster = ClusterAddress & { registry: string };

/** The config keys that the toolchain may set. A dot leads into an object, as in `pulumi config set --path`. */
const keys = [
  "resume:imageRegistry",
  "resume:pushRegistry",
  "resume:images.grafana",
  "resume:nofile",
  "resume:dnsTtl",
  "kubernetes:kubeconfig",
  "kubernetes:context",
] as const;
export type MachineKey = (typeof keys)[number];
export type MachineValues = Partial<Record<MachineKey, string>>;

/** What the toolchain reads of a stack's config. */
export type StackConfig = {
  /** The whole config, by key. Secrets are objects. */
  config: unknown;
  /** The values of the keys that the toolchain may set. */
  values: MachineValues;
  /** The components in `resume:images`. */
  images: string[];
  isOnKubernetes: boolean;
  /** The folder that is published: absolute, or relative to the project. */
  content: string;
};

/** Reads the text of a Pulumi.<stack>.yaml. */
export function readConfig(text: string): StackConfig {
  const config = at(parse(text), "config");
  const values = keys.flatMap((key) => {
    const value = at(config, ...key.split("."));
    return value === undefined || typeof value === "object" ? [] : [[key, String(value)]];
  });
  return {
    config,
    values: Object.fromEntries(values),
    images: Object.keys(Object(at(config, "resume:images"))),
    isOnKubernetes: at(config, "resume:target") === "kubernetes",
    content: String(at(config, "resume:content") ?? usualContent),
  };
}

/** The file of a stack's config. */
export function configFile(stack: string): string {
  return join(projectRoot, `Pulumi.${stack}.yaml`);
}

/** A stack's config; an empty one when it has no file. */
export function stackConfig(stack: string): StackConfig {
  return readConfig(existsSync(configFile(stack)) ? readFileSync(configFile(stack), "utf8") : "");
}

/** @throws {UserError} when a secret is in plain text in a stack's config */
export function assertSecretsEncrypted(stack: string): void {
  refusePlainSecrets({ ...Object(stackConfig(stack).config) }, stack);
}

/**
 * The changes that adapt a config to this machine. They never touch a value that the user has set.
 * @param needed the values that this machine needs
 * @param current the values in the config
 * @param ours the values that the toolchain has set there before
 */
export function configChanges(
  needed: MachineValues,
  current: MachineValues,
  ours: MachineValues,
): { set: MachineValues; remove: MachineKey[] } {
  const users = usersValues(current, ours);
  const changed = keys.filter((key) => users[key] === undefined && current[key] !== needed[key]);
  return {
    set: Object.fromEntries(changed.flatMap((key) => (needed[key] === undefined ? [] : [[key, needed[key]]]))),
    remove: changed.filter((key) => needed[key] === undefined),
  };
}

/** The values that the user has set, rather than the toolchain. */
export function usersValues(current: MachineValues, ours: MachineValues): MachineValues {
  return Object.fromEntries(Object.entries(current).filter(([key, value]) => value !== at(ours, key)));
}

/** Whether a stack's config still has the kubeconfig and context that the toolchain has set there. */
export function usesOurCluster(current: MachineValues, ours: MachineValues): boolean {
  return (
    ours["kubernetes:kubeconfig"] !== undefined &&
    (["kubernetes:kubeconfig", "kubernetes:context"] as const).every((key) => current[key] === ours[key])
  );
}

/** The name in the probe cache of the values that the toolchain has set in a stack's config. */
export function cacheKey(stack: string): string {
  return `configSetByUs.${stack}`;
}

/** The values that the toolchain has set in a stack's config. */
export function ourValues(probes: ProbeCache, stack: string): MachineValues {
  return probes.read(cacheKey(stack), z.partialRecord(z.enum(keys), z.string())) ?? {};
}
