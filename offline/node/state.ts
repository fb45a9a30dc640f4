import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { at } from "../../lib/at.ts";
import { folder, inCluster } from "../../lib/cluster/place.ts";
import { readJson } from "../../lib/json-file.ts";
import { run } from "../../lib/run.ts";
import { type Before, noteBefore } from "./machine.ts";
import { chooseNetworks, type Networks, routedRanges } from "./networks.ts";

/** Decisions that are made with the cluster and hold until it is removed. */
export type State = { networks: Networks; before: Before };

const file = inCluster("state.json");

function isText(value: unknown): value is string {
  return typeof value === "string";
}
function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}
function isTextByName(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every(isText);
}

function isNetworks(value: unknown): value is Networks {
  return isTextByName(value) && ["pods", "node", "services", "api", "dns"].every((name) => isText(value[name]));
}

function isBefore(value: unknown): value is Before {
  return isTextByName(at(value, "kernel")) && isTexts(at(value, "absent")) && isTexts(at(value, "chains"));
}

function isState(value: unknown): value is State {
  return isNetworks(at(value, "networks")) && isBefore(at(value, "before"));
}

/** The state of the cluster that is there; undefined where there is none. */
export function readState(): State | undefined {
  const value = readJson(file);
  return isState(value) ? value : undefined;
}

/** The state of the cluster that is there, or of a new one. */
export async function findState(): Promise<State> {
  const known = readState();
  if (known) {
    return known;
  }
  const routes = routedRanges((await run("ip", ["-4", "route"])).stdout);
  const state = { networks: chooseNetworks(routes), before: await noteBefore() };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  return state;
}
