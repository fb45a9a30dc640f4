import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";

/** The project's name, as Pulumi.yaml has it. */
export const project = "resume";

/** The stack that `npm run up` brings up. */
export const devStack = "dev";

/** The stack that lives on the cluster of `npm run cluster:up`. */
export const clusterStack = "k8s";

/** How a cluster of ours is reached, and how long its DNS may give an old answer, as `resume:dnsTtl` has it. */
export type ClusterAddress = { kubeconfig: string; context: string; dnsTtl?: string };

/** A cluster of ours that a stack lives on, with the registry that it pulls from. */
export type StackCluster = ClusterAddress & { registry: string };

/** The keys that the toolchain may set. A dot leads into an object, as in `pulumi config set --path`. */
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

/** The plain config values of the text of a Pulumi.<stack>.yaml. */
export function readConfig(text: string): { get: (key: MachineKey) => string | undefined; images: string[] } {
  const config = at(parse(text), "config");
  const get = (key: MachineKey): string | undefined => {
    const [first = "", second] = key.split(".");
    const value = at(config, first);
    const inner = second === undefined ? value : at(value, second);
    return inner === undefined || typeof inner === "object" ? undefined : String(inner);
  };
  return { get, images: Object.keys(Object(at(config, "resume:images"))) };
}

/** A stack's config; empty when there is no file. */
export function stackConfig(stack: string): ReturnType<typeof readConfig> {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  return readConfig(existsSync(file) ? readFileSync(file, "utf8") : "");
}

/** Whether a stack's config puts it on Kubernetes. */
export function isOnKubernetes(stack: string): boolean {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  return existsSync(file) && at(parse(readFileSync(file, "utf8")), "config", "resume:target") === "kubernetes";
}

export type MachineValues = Partial<Record<MachineKey, string>>;

/**
 * What has to change in the config so that it fits the machine. A value that the user has set is never touched; one
 * that the toolchain has set is changed, or taken back, with the machine.
 * @param needed what the machine asks for
 * @param current what the config holds
 * @param ours what the toolchain has set there before
 */
export function configChanges(
  needed: MachineValues,
  current: MachineValues,
  ours: MachineValues,
): { set: MachineValues; remove: MachineKey[] } {
  const set: MachineValues = {};
  const remove: MachineKey[] = [];
  for (const key of keys) {
    const isUsers = current[key] !== undefined && current[key] !== ours[key];
    if (isUsers || current[key] === needed[key]) {
      continue;
    }
    if (needed[key] === undefined) {
      remove.push(key);
    } else {
      set[key] = needed[key];
    }
  }
  return { set, remove };
}

/** The values that the user, and not the toolchain, has set. */
export function usersValues(current: MachineValues, ours: MachineValues): MachineValues {
  return Object.fromEntries(
    keys.flatMap((key) => (current[key] === undefined || current[key] === ours[key] ? [] : [[key, current[key]]])),
  );
}

/** All values of a config that the toolchain may set. */
export function machineValues(config: ReturnType<typeof readConfig>): MachineValues {
  return Object.fromEntries(keys.flatMap((key) => (config.get(key) === undefined ? [] : [[key, config.get(key)]])));
}

/**
 * Whether a stack's config leads to the cluster that the toolchain has pointed it at.
 * @param current what the config holds
 * @param ours what the toolchain has set there
 */
export function leadsToOurCluster(current: MachineValues, ours: MachineValues): boolean {
  return (
    ours["kubernetes:kubeconfig"] !== undefined &&
    (["kubernetes:kubeconfig", "kubernetes:context"] as const).every((key) => current[key] === ours[key])
  );
}

/** The name of the fact that says what the toolchain has set in a stack's config. */
export function rememberedAs(stack: string): string {
  return `configSetByUs.${stack}`;
}

/** Guard for what the toolchain remembers to have set. */
export function isMachineValues(value: unknown): value is MachineValues {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(([key, text]) => keys.some((known) => known === key) && typeof text === "string")
  );
}
