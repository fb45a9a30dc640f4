import type { Stats } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { IgnoreRules } from "./ignore.ts";

export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  /** The path for file system calls. */
  fullPath: string;
  stats: Stats;
}

/** The text of `<Dockerfile>.dockerignore`, else of the context's `.dockerignore`, else an empty text. */
export async function readDockerignore(context: string, dockerfile: string): Promise<string> {
  for (const path of [`${dockerfile}.dockerignore`, join(context, ".dockerignore")]) {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") {
        return undefined;
      }
      throw error;
    });
    if (text !== undefined) {
      return text;
    }
  }
  return "";
}

/** Lists the files and directories that the rules do not ignore. Each directory's entries are sorted by the bytes of their names. */
export async function* walkContext(context: string, rules: IgnoreRules, below = ""): AsyncGenerator<ContextEntry> {
  const names = (await readdir(join(context, below))).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const path = below === "" ? name : `${below}/${name}`;
    const fullPath = join(context, path);
    const stats = await lstat(fullPath);
    const ignored = rules.ignores(path);
    if (!ignored) {
      yield { path, fullPath, stats };
    }
    if (stats.isDirectory() && (!ignored || rules.hasExceptions)) {
      yield* walkContext(context, rules, path);
    }
  }
}
