import { join, resolve } from "node:path";

/** The project's root folder: where Pulumi.yaml is. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** Where everything lives that the toolchain makes or remembers. Git-ignored; deleting it costs time, and the stack's passphrase. */
export const cacheRoot = resolve(process.env.RESUME_TOOLCHAIN_DIR || join(projectRoot, ".toolchain"));

/** A path inside the cache. */
export function inCache(...parts: string[]): string {
  return join(cacheRoot, ...parts);
}
