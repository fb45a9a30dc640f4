import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { at } from "./at.ts";
import { projectRoot } from "./paths.ts";

/** The stack that `npm run up` brings up. */
export const devStack = "dev";

/** The keys that the toolchain may set, below `resume:`. A dot leads into an object, as in `pulumi config set --path`. */
export type MachineKey = "imageRegistry" | "images.grafana" | "nofile";

/** The plain config values of the text of a Pulumi.<stack>.yaml, by their name below `resume:`. */
export const readConfig = (text: string): { get: (key: MachineKey) => string | undefined; images: string[] } => {
  const config = at(parse(text), "config");
  const get = (key: MachineKey): string | undefined => {
    const [first = "", second] = key.split(".");
    const value = at(config, `resume:${first}`);
    const inner = second === undefined ? value : at(value, second);
    return inner === undefined || typeof inner === "object" ? undefined : String(inner);
  };
  return { get, images: Object.keys(Object(at(config, "resume:images"))) };
};

/** The dev stack's config; empty when there is no file. */
export const devConfig = (): ReturnType<typeof readConfig> => {
  const file = join(projectRoot, `Pulumi.${devStack}.yaml`);
  return readConfig(existsSync(file) ? readFileSync(file, "utf8") : "");
};

export type MachineValues = Partial<Record<MachineKey, string>>;

const keys: MachineKey[] = ["imageRegistry", "images.grafana", "nofile"];

/**
 * What has to change in the config so that it fits the machine. A value that the user has set is never touched; one
 * that the toolchain has set is changed, or taken back, with the machine.
 * @param needed what the machine asks for
 * @param current what the config holds
 * @param ours what the toolchain has set there before
 */
export const configChanges = (
  needed: MachineValues,
  current: MachineValues,
  ours: MachineValues,
): { set: MachineValues; remove: MachineKey[] } => {
  const set: MachineValues = {};
  const remove: MachineKey[] = [];
  for (const key of keys) {
    const isUsers = current[key] !== undefined && current[key] !== ours[key];
    if (isUsers || current[key] === needed[key]) continue;
    if (needed[key] === undefined) remove.push(key);
    else set[key] = needed[key];
  }
  return { set, remove };
};

/** The values that the user, and not the toolchain, has set. */
export const usersValues = (current: MachineValues, ours: MachineValues): MachineValues =>
  Object.fromEntries(
    keys.flatMap((key) => (current[key] === undefined || current[key] === ours[key] ? [] : [[key, current[key]]])),
  );

/** All values of a config that the toolchain may set. */
export const machineValues = (config: ReturnType<typeof readConfig>): MachineValues =>
  Object.fromEntries(keys.flatMap((key) => (config.get(key) === undefined ? [] : [[key, config.get(key)]])));

/** Guard for what the toolchain remembers to have set. */
export const isMachineValues = (value: unknown): value is MachineValues =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(value).every(([key, text]) => keys.some((known) => known === key) && typeof text === "string");
