import { readFileSync } from "node:fs";
import { mustRun } from "./run.ts";

/** The mount points below the folders, in the order in which they were mounted. */
export function mountsBelow(folders: readonly string[]): string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
}

/** Unmounts everything below the folders, the latest mount first. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  for (const path of mountsBelow(folders).reverse()) {
    await mustRun("umount", [path]);
  }
}
