/** The npm packages a program depends on, for `pulumi about`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface Dependency {
  name: string;
  version: string;
}

/**
 * Direct dependencies of the package in `directory`: the installed version, or the range asked for when nothing is
 * installed. No package.json: none.
 */
export async function installedDependencies(directory: string): Promise<Dependency[]> {
  const manifest = await readManifest(directory);
  const wanted = { ...stringMap(manifest.dependencies), ...stringMap(manifest.devDependencies) };
  return Promise.all(
    Object.entries(wanted).map(async ([name, range]) => {
      const installed = await readManifest(join(directory, "node_modules", name));
      return { name, version: typeof installed.version === "string" ? installed.version : range };
    }),
  );
}

async function readManifest(directory: string): Promise<Record<string, unknown>> {
  const text = await readFile(join(directory, "package.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") {
      return "{}";
    }
    throw error;
  });
  const parsed: unknown = JSON.parse(text);
  return isRecord(parsed) ? parsed : {};
}

function stringMap(value: unknown): Record<string, string> {
  if (!isRecord(value)) {
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
