import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder that is complete or does not exist. The work fills a temporary folder, which is renamed at the end.
 */
export async function makeFolder(folder: string, work: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${folder}.new-${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  try {
    await mkdir(temporary);
    await work(temporary);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
