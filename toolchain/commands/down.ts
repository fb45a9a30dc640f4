import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { builtImages } from "../../lib/images.ts";
import { cacheRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { hasStatus } from "../../lib/user-error.ts";
import { clusterPresence } from "../cluster/cluster.ts";
import { stackExists } from "../lib/pulumi.ts";
import { devStack, isOnKubernetes } from "../lib/stack-config.ts";
import { runOnStack } from "../lib/stack-run.ts";
import { registryAddress, sharedImage, stopRegistry } from "../offline.ts";
import { client } from "../tools/engine.ts";
import { stopOwnEngine } from "../tools/stop-engine.ts";
import { findToolsWithoutImages, type ToolsWithoutImages } from "../tools/toolchain.ts";

/** An image that a container of another stack runs stays. */
function unlessInUse(error: unknown): void {
  if (!hasStatus(error, 409)) {
    throw error;
  }
}

/** Takes away the images that were made or built, in an engine that is the user's own: there they are no cache of ours. */
async function removeImages({ engine }: ToolsWithoutImages): Promise<void> {
  if (engine.ours) {
    return;
  }
  const registry = registryAddress();
  const ours = [`${builtImages}/`, sharedImage, ...(registry ? [`${registry}/`] : [])];
  const docker = client(engine.host);
  // An image that was pulled has a name by tag and one by digest; it goes when both are gone.
  const names = (await docker.listImages({ all: true, digests: true })).flatMap(({ RepoTags, RepoDigests }) =>
    [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => ours.some((start) => name.startsWith(start))),
  );
  for (const name of names.filter((entry) => !entry.includes("<none>"))) {
    await docker.getImage(name).remove().catch(unlessInUse);
  }
}

/** One line with what the cache holds, so that people know what they may delete. */
async function tellCaches(): Promise<void> {
  if (!existsSync(cacheRoot)) {
    return;
  }
  const names = await readdir(cacheRoot);
  const sizes = await run("du", ["-sh", ...names.map((name) => join(cacheRoot, name))]);
  const large = sizes.stdout.split("\n").flatMap((line) => {
    const [size = "", path = ""] = line.split("\t");
    return /[MG]$/.test(size) ? [`${path.slice(cacheRoot.length + 1)} ${size}`] : [];
  });
  say("left", `the stack's config and passphrase, and caches in ${cacheRoot}: ${large.join(", ") || "none"}`);
}

/** `npm run down`: destroys the dev stack, and stops the engine and the registry that the toolchain has started. */
async function down(args: string[]): Promise<number> {
  const toolchain = await findToolsWithoutImages({ kubernetes: isOnKubernetes(devStack) });
  if (await stackExists(toolchain)) {
    const command = ["destroy", "--yes", "--stack", devStack, ...args];
    const code = await runOnStack(toolchain.cli.program, command, toolchain.env, devStack);
    if (code !== 0) {
      return code;
    }
  } else {
    say("down", `there is no stack ${devStack}`);
  }
  const others = toolchain.engine.ours ? await client(toolchain.engine.host).listContainers() : [];
  await removeImages(toolchain);
  if (others.length > 0) {
    say("engine", `our own dockerd goes on, for ${others.map(({ Names }) => Names[0]?.slice(1)).join(", ")}`);
  } else {
    // Our cluster's pods come from it, too.
    if ((await clusterPresence()) === "none") {
      await stopRegistry();
    }
    await stopOwnEngine();
  }
  await tellCaches();
  return 0;
}

export default down;
