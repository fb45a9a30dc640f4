import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hasCode } from "../../lib/user-error.ts";
import { runFolder } from "./paths.ts";

const root = "/sys/fs/cgroup";

/** Whether the machine has cgroup v2 only. Beside v1, v2 may be a hierarchy without controllers. */
function isVersion2(): boolean {
  return existsSync(join(root, "cgroup.controllers"));
}

/** The name of the cgroup of all pods. It differs from that of any other kubelet. */
export const cgroupName = basename(runFolder);

/** The cgroup's folder in each hierarchy: one with cgroup v2, one per controller with v1. */
async function places(): Promise<string[]> {
  if (isVersion2()) {
    return [join(root, cgroupName)];
  }
  const hierarchies = await readdir(root, { withFileTypes: true });
  // A link, such as cpu to cpu,cpuacct, leads to a hierarchy that is listed itself.
  return hierarchies.filter((entry) => entry.isDirectory()).map((entry) => join(root, entry.name, cgroupName));
}

/** Makes the cgroup in every hierarchy. */
export async function makeCgroup(): Promise<void> {
  for (const place of await places()) {
    await mkdir(place, { recursive: true });
    // With v1, a new cpuset is empty, and no process can enter it.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const parent = join(place, "..", file);
      if (existsSync(parent)) {
        await writeFile(join(place, file), await readFile(parent, "utf8"));
      }
    }
    if (isVersion2()) {
      await delegate(place);
    }
  }
}

/** With v2, gives the cgroup every controller that the machine has. */
async function delegate(place: string): Promise<void> {
  const names = (await readFile(join(root, "cgroup.controllers"), "utf8")).trim().split(" ");
  for (const folder of [root, place]) {
    await writeFile(join(folder, "cgroup.subtree_control"), names.map((name) => `+${name}`).join(" "));
  }
}

/** Does something with a cgroup that containerd may remove meanwhile. @returns undefined when it is gone */
async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENODEV")) {
      return undefined;
    }
    throw error;
  }
}

/** A folder's cgroups, the innermost first. */
async function inside(place: string): Promise<string[]> {
  const entries = await ifThere(() => readdir(place, { withFileTypes: true }));
  if (entries === undefined) {
    return [];
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(place, entry.name));
  return [...(await Promise.all(folders.map(inside))).flat(), place];
}

/** The processes of all pods. */
export async function podProcesses(): Promise<number[]> {
  const found = new Set<number>();
  for (const place of await places()) {
    for (const folder of await inside(place)) {
      const listing = await ifThere(() => readFile(join(folder, "cgroup.procs"), "utf8"));
      for (const line of listing?.split("\n") ?? []) {
        if (line !== "") {
          found.add(Number(line));
        }
      }
    }
  }
  return [...found];
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!hasCode(error, "ESRCH")) {
      throw error;
    }
  }
}

/** Ends every process of the pods and removes the cgroup. */
export async function removeCgroup(): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const left = await podProcesses();
    if (left.length === 0) {
      break;
    }
    if (tries > 100) {
      throw new Error(`the processes ${left.join(", ")} of the cluster's pods do not end`);
    }
    for (const pid of left) {
      kill(pid);
    }
    await sleep(50);
  }
  for (const place of await places()) {
    for (const folder of await inside(place)) {
      await ifThere(() => rmdir(folder));
    }
  }
}
