import { readFileSync } from "node:fs";
import { mustRun } from "./run.ts";

/** What is mounted below the folders, in the order that it was. */
export function mountsBelow(folders: readonly string[]): string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
}

/** Takes away what is mounted below the folders, the innermost first. */
export async function unmountBelow(folders: readonly string[]): Promise<void> {
  for (const path of mountsBelow(folders).reverse()) {
    await mustRun("umount", [path]);
  }
}
