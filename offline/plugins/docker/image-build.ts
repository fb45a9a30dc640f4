/** Building an image with the engine's classic builder. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stripVTControlCharacters } from "node:util";
import type Docker from "dockerode";
import tar from "tar-stream";
import { type ContextEntry, readDockerignore, walkContext } from "../../../lib/docker-provider/build-context.ts";
import { ignoreRules } from "../../../lib/docker-provider/ignore.ts";
import { messageOf } from "./engine-errors.ts";
import { followStream } from "./engine-stream.ts";

const errorLines = 20;
const maskedLength = 8;

export interface Build {
  imageName: string;
  context: string;
  /** Relative to the working directory, not to the context. */
  dockerfile: string;
  args: Record<string, string>;
  platform: string;
  target: string;
  network: string;
  addHosts: string[];
}

/** The Dockerfile's path as the engine sees it, relative to the context. */
export function relativeDockerfile(build: Pick<Build, "context" | "dockerfile">): string {
  return relative(resolve(build.context), resolve(build.dockerfile)).split(sep).join("/");
}

/**
 * Builds and tags the image; returns its id.
 * @param log gets each line of the builder's output; long values of build arguments are masked in it.
 * @throws with the failing step's last lines.
 */
export async function buildImage(docker: Docker, build: Build, log: (line: string) => void): Promise<string> {
  const inContext = relativeDockerfile(build);
  const outside = inContext.startsWith("../");
  const dockerfile = outside
    ? `.dockerfile.${createHash("sha256").update(inContext).digest("hex").slice(0, 20)}`
    : inContext;
  const pack = tar.pack();
  const packing = packContext(pack, build, dockerfile, outside);
  const output = await docker
    .buildImage(Readable.from(pack), {
      dockerfile,
      t: build.imageName,
      buildargs: build.args,
      platform: build.platform,
      rm: true,
      forcerm: true,
      ...(build.target === "" ? {} : { target: build.target }),
      ...(build.network === "" ? {} : { networkmode: build.network }),
      ...(build.addHosts.length === 0 ? {} : { extrahosts: build.addHosts.join(",") }),
    })
    .catch(async (error: unknown) => {
      pack.destroy();
      const cause = await packing.then(
        () => error,
        (packError: unknown) => packError ?? error,
      );
      throw new Error(`unable to build image ${build.imageName}: ${messageOf(cause)}`);
    });
  await packing;
  await follow(docker, output, build, log);
  return (await docker.getImage(build.imageName).inspect()).Id;
}

async function packContext(pack: tar.Pack, build: Build, dockerfile: string, outside: boolean): Promise<void> {
  try {
    const ignore = await readDockerignore(build.context, build.dockerfile);
    // The engine needs both files even when they are ignored.
    const rules = ignoreRules(ignore, ignore === "" ? [] : ["!.dockerignore", `!${dockerfile}`]);
    for await (const entry of walkContext(build.context, rules)) {
      await addEntry(pack, entry);
    }
    if (outside) {
      pack.entry({ name: dockerfile, mode: 0o644 }, await readFile(build.dockerfile));
    }
    pack.finalize();
  } catch (error) {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function addEntry(pack: tar.Pack, { path, fullPath, stats }: ContextEntry): Promise<void> {
  const header = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isDirectory()) {
    pack.entry({ ...header, type: "directory" });
  } else if (stats.isSymbolicLink()) {
    pack.entry({ ...header, type: "symlink", linkname: await readlink(fullPath) });
  } else if (stats.isFile()) {
    await pipeline(createReadStream(fullPath), pack.entry({ ...header, size: stats.size }));
  }
}

async function follow(
  docker: Docker,
  output: NodeJS.ReadableStream,
  build: Build,
  log: (line: string) => void,
): Promise<void> {
  const lines: string[] = [];
  const mask = masking(build.args);
  const onEvent = (event: object) => {
    for (const line of outputLines(event).map(mask)) {
      lines.push(line);
      log(line);
    }
  };
  await followStream(docker, output, onEvent).catch((error: unknown) => {
    const last = lines.slice(-errorLines).join("\n");
    throw new Error(`unable to build image ${build.imageName}: ${mask(messageOf(error))}\n${last}`);
  });
}

function outputLines(event: object): string[] {
  const text = "stream" in event && typeof event.stream === "string" ? event.stream : "";
  return stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() !== "");
}

/** This plugin can't know which arguments are secrets, so every long value is shown by its name. */
function masking(args: Record<string, string>): (line: string) => string {
  const long = Object.entries(args).filter(([, value]) => value.length >= maskedLength);
  return (line) => long.reduce((masked, [name, value]) => masked.replaceAll(value, `[${name}]`), line);
}
