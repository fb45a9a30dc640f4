import { join, resolve } from "node:path";

/** The project's root folder, which holds Pulumi.yaml. */
export const projectRoot = resolve(import.meta.dirname, "..");

/** The folder of everything that the toolchain makes or remembers. Deleting it loses the stack's passphrase, too. */
export const cacheRoot = resolve(process.env.RESUME_TOOLCHAIN_DIR || join(projectRoot, ".toolchain"));

/** A path inside the cache. */
export function inCache(...parts: string[]): string {
  return join(cacheRoot, ...parts);
}
