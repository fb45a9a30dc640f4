import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Findings } from "../content.ts";

/** A file of the owner's that is served as it is. */
export interface OwnFile {
  /** Its name below /files/, in NFC: some file systems keep another form. */
  readonly name: string;
  readonly path: string;
}

/**
 * The most that all files together may have. nginx keeps a copy for each of three encodings, which all fit into its cache
 * (max_size in nginx.conf) beside the pages.
 */
export const maxMiB = 8;
/** Names in bytes: a path is part of nginx' log lines and keys. */
const maxNameBytes = 200;

/** The files of files/ in a folder of content. */
export function findOwnFiles(content: string): { readonly files: readonly OwnFile[] } & Findings {
  const folder = join(content, "files");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith(".")) : [];
  const entries = names.sort().map((name) => ({ name, path: join(folder, name), stat: statSync(join(folder, name)) }));
  const files = entries.filter(({ stat }) => stat.isFile());
  const warnings: Fault[] = entries
    .filter(({ stat }) => !stat.isFile())
    .map(({ name }) => ({ field: name, problem: "is no file and is not served: move its files up" }));
  const faults: Fault[] = files
    .filter(({ name }) => Buffer.byteLength(name) > maxNameBytes)
    .map(({ name }) => ({ field: name, problem: `has a name of more than ${maxNameBytes} bytes: shorten it` }));
  const bytes = files.reduce((sum, { stat }) => sum + stat.size, 0);
  const largest = files.toSorted((one, other) => other.stat.size - one.stat.size)[0];
  if (largest !== undefined && bytes > maxMiB * mebibyte) {
    const has = `${inMiB(bytes)} MiB, of which ${largest.name} is ${inMiB(largest.stat.size)} MiB`;
    faults.push({ field: "", problem: `has ${has}; allowed: ${maxMiB} MiB together` });
  }
  return { files: files.map(({ name, path }) => ({ name: name.normalize("NFC"), path })), faults, warnings };
}

const mebibyte = 1024 * 1024;

function inMiB(bytes: number): string {
  return (bytes / mebibyte).toFixed(1);
}
