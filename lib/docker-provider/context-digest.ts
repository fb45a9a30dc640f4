/**
 * `contextDigest`: the hash by which Pulumi decides whether to rebuild an image. The algorithm is the official plugin's
 * (pulumi-docker, provider/provider.go, hashContext), so that changing the plugin rebuilds nothing.
 */
import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { readlink, realpath } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { readDockerignore, walkContext } from "./build-context.ts";
import { ignoreRules } from "./ignore.ts";

/** SHA-256 in hex over the Dockerfile and every file of the context: name, mode and content. */
export async function contextDigest(context: string, dockerfile: string): Promise<string> {
  const digest = createHash("sha256");
  const add = (name: string, mode: string, content: Buffer) => {
    digest.update(name).update(mode).update(content).update("\0");
  };
  add("Dockerfile", modeText(undefined), await contentHash(dockerfile));
  for await (const { path, fullPath, stats } of walkContext(
    context,
    ignoreRules(await readDockerignore(context, dockerfile)),
  )) {
    if (!stats.isDirectory()) {
      add(path, modeText(stats), await hashOf(fullPath, stats));
    }
  }
  return digest.digest("hex");
}

async function hashOf(path: string, stats: Stats): Promise<Buffer> {
  if (stats.isSymbolicLink()) {
    return createHash("sha256")
      .update(await linkTarget(path))
      .digest();
  }
  return stats.isFile() ? contentHash(path) : createHash("sha256").digest();
}

async function contentHash(path: string): Promise<Buffer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest();
}

/** The target of a link, relative to the working directory unless the path or the link is absolute. */
async function linkTarget(path: string): Promise<string> {
  const target = await realpath(path);
  if (isAbsolute(path) || isAbsolute(await readlink(path))) {
    return target;
  }
  return relative(await realpath("."), target) || ".";
}

const fileTypes: [mask: number, letter: string][] = [
  [0o120000, "L"],
  [0o060000, "D"],
  [0o010000, "p"],
  [0o140000, "S"],
  [0o020000, "Dc"],
];

/** A file mode as Go prints it: `-rw-r--r--`, `Lrwxrwxrwx`, `ug-rwxr-xr-x`; ten dashes for none. */
export function modeText(stats: Pick<Stats, "mode"> | undefined): string {
  const mode = stats?.mode ?? 0;
  const type = fileTypes.find(([mask]) => (mode & 0o170000) === mask)?.[1] ?? "";
  const device = type === "Dc" ? "D" : type;
  const flags = [
    device,
    mode & 0o4000 ? "u" : "",
    mode & 0o2000 ? "g" : "",
    type === "Dc" ? "c" : "",
    mode & 0o1000 ? "t" : "",
  ].join("");
  const permissions = "rwxrwxrwx"
    .split("")
    .map((letter, i) => (mode & (1 << (8 - i)) ? letter : "-"))
    .join("");
  return (flags || "-") + permissions;
}
