import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clientAt } from "../../lib/docker-engine.ts";
import { builtImages } from "../../lib/images.ts";
import { cacheRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { hasStatus } from "../../lib/user-error.ts";
import { clusterPresence } from "../cluster/cluster.ts";
import { runOnStack, stackExists } from "../lib/pulumi.ts";
import { devStack } from "../lib/stack-config.ts";
import { registryAddress, sharedImage, stopRegistry } from "../offline.ts";
import type { Engine } from "../tools/engine.ts";
import { stopOwnEngine } from "../tools/own-engine.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

/** Removes the images that the toolchain has built or made from the user's engine. In our own engine they are a cache. */
async function removeImages({ host, ours }: Engine): Promise<void> {
  if (ours) {
    return;
  }
  const registry = registryAddress();
  const prefixes = [`${builtImages}/`, sharedImage, ...(registry ? [`${registry}/`] : [])];
  const docker = clientAt(host);
  // A pulled image has a name by tag and one by digest. It is removed with the last of them.
  const names = (await docker.listImages({ all: true, digests: true })).flatMap(({ RepoTags, RepoDigests }) =>
    [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
  for (const name of names.filter((entry) => !entry.includes("<none>"))) {
    try {
      await docker.getImage(name).remove();
    } catch (error) {
      // 409: a container of another stack uses it.
      if (!hasStatus(error, 409)) {
        throw error;
      }
    }
  }
}

/** Prints which large folders the cache has: the user may delete them. */
async function printCaches(): Promise<void> {
  if (!existsSync(cacheRoot)) {
    return;
  }
  const sizes = await run("du", ["-sh", ...readdirSync(cacheRoot).map((name) => join(cacheRoot, name))]);
  const large = sizes.stdout.split("\n").flatMap((line) => {
    const [size = "", path = ""] = line.split("\t");
    return /[MG]$/.test(size) ? [`${path.slice(cacheRoot.length + 1)} ${size}`] : [];
  });
  say("left", `the stack's config and passphrase, and caches in ${cacheRoot}: ${large.join(", ") || "none"}`);
}

/** `npm run down`: destroys the dev stack, and stops the engine and the registry that the toolchain has started. */
async function down(args: string[]): Promise<number> {
  const tools = await findToolsWithoutImages(devStack);
  const { cli, engine, env } = tools;
  if (await stackExists(tools)) {
    const command = ["destroy", "--yes", "--stack", devStack, ...args];
    const code = await runOnStack(cli.program, command, env, devStack);
    if (code !== 0) {
      return code;
    }
  } else {
    say("down", `there is no stack ${devStack}`);
  }
  const others = engine.ours ? await clientAt(engine.host).listContainers() : [];
  await removeImages(engine);
  if (others.length > 0) {
    say("engine", `our own dockerd keeps running, for ${others.map(({ Names }) => Names[0]?.slice(1)).join(", ")}`);
  } else {
    // Our cluster pulls from the registry, too.
    if ((await clusterPresence()) === "none") {
      await stopRegistry();
    }
    await stopOwnEngine();
  }
  await printCaches();
  return 0;
}

export default down;
