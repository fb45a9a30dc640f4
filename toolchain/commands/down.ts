import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { clientAt } from "../../lib/docker-engine.ts";
import { cacheRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { Messages } from "../backup/messages.ts";
import { clusterPresence } from "../cluster/cluster.ts";
import { parseArguments, splitStack } from "../lib/arguments.ts";
import { execInside } from "../lib/component-exec.ts";
import { confirm } from "../lib/confirm.ts";
import { findOwnStack, type OwnStack } from "../lib/own-stack.ts";
import { runOnStack, stackExists } from "../lib/pulumi.ts";
import { devStack, project } from "../lib/stack-config.ts";
import { stackPlace } from "../lib/stack-place.ts";
import type { StackState } from "../lib/stack-state.ts";
import { registryAddress, sharedImage, stopRegistry } from "../offline.ts";
import { updateStack } from "../recovery/update.ts";
import { ownEngine, ownEnginePid, stopOwnEngine } from "../tools/own-engine.ts";
import { removeImage, removeVersions } from "../tools/prune-images.ts";
import { findStateReader, findToolsWithoutImages, type ToolsWithoutImages } from "../tools/toolchain.ts";

/**
 * Removes the images that this stack's updates have built, and those that the toolchain has made, from the user's engine. In
 * our own engine they are a cache.
 */
async function removeImages(tools: ToolsWithoutImages, stack: string, state: StackState): Promise<void> {
  const { host, ours } = tools.engine;
  if (ours) {
    return;
  }
  const registry = registryAddress();
  const prefixes = [sharedImage, ...(registry ? [`${registry}/`] : [])];
  const docker = clientAt(host);
  await removeVersions(docker, tools.probes, stack, state);
  // A pulled image has a name by tag and one by digest. It is removed with the last of them.
  const names = (await docker.listImages({ all: true, digests: true })).flatMap(({ RepoTags, RepoDigests }) =>
    [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => prefixes.some((prefix) => name.startsWith(prefix))),
  );
  for (const name of names.filter((entry) => !entry.includes("<none>"))) {
    await removeImage(docker, name);
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

/**
 * The types of what `--keep-data` leaves: volumes, on Kubernetes the namespace with its claims, and the passwords, which
 * the data knows. The CLI then also leaves what these need.
 */
const dataTypes = [
  "docker:index/volume:Volume",
  "kubernetes:core/v1:Namespace",
  "random:index/randomPassword:RandomPassword",
];

/** What destroying a stack deletes, as a sentence without its full stop. */
async function consequenceOf(stack: string, own: OwnStack): Promise<string> {
  let messages: string;
  try {
    const count = await new Messages(execInside(own)).count();
    messages = `${count} ${count === 1 ? "message" : "messages"} of visitors`;
  } catch (error) {
    messages = `all messages of visitors (how many can't be told: ${messageOf(error).trim().replace(/\.$/, "")})`;
  }
  const grafana = own.state.hasGrafana ? ", Grafana's own data" : "";
  return `This deletes the ${stack} stack with ${messages}${grafana} and the metrics; --keep-data leaves them`;
}

/** Destroys a stack, after a question where data goes. @returns the exit code; undefined when the user does not want it */
async function destroy(
  stack: string,
  { yes, keepData }: { yes: boolean; keepData: boolean },
): Promise<number | undefined> {
  const tools = await findToolsWithoutImages(stack);
  const { cli, env } = tools;
  const own = await findOwnStack(stack, tools);
  const asks = !yes && !keepData && own.state.resources.length > 0;
  if (asks && !(await confirm("down", await consequenceOf(stack, own)))) {
    return undefined;
  }
  const kept = keepData ? dataTypes.flatMap((type) => ["--exclude", `**${type}::**`]) : [];
  const command = ["destroy", "--yes", "--stack", stack, ...kept];
  const code = await updateStack(tools, stack, (added) => runOnStack(cli.program, [...command, ...added], env, stack));
  if (code === 0) {
    await removeImages(tools, stack, own.state);
  }
  return code;
}

/** Stops the engine and the registry that the toolchain has started, unless something else uses them. */
async function stopOwnServers(): Promise<void> {
  const others = ownEnginePid() === undefined ? [] : await clientAt(ownEngine.host).listContainers();
  if (others.length > 0) {
    say("engine", `our own dockerd keeps running, for ${others.map(({ Names }) => Names[0]?.slice(1)).join(", ")}`);
    return;
  }
  // Our cluster pulls from the registry, too.
  if ((await clusterPresence()) === "none") {
    await stopRegistry();
  }
  await stopOwnEngine();
}

/**
 * `npm run down [-- --stack NAME] [--yes] [--keep-data]`: destroys a stack, `dev` without a name, and stops the engine and
 * the registry that the toolchain has started.
 */
async function down(args: string[]): Promise<number> {
  const { stack, rest } = splitStack(args);
  const { values } = parseArguments("npm run down -- [--stack NAME] [--yes] [--keep-data]", {
    args: rest,
    options: { yes: { type: "boolean", default: false }, "keep-data": { type: "boolean", default: false } },
  });
  await stackPlace(project, stack);
  // Without a stack, neither an engine nor plugins are needed.
  if (await stackExists(await findStateReader(), stack)) {
    const code = await destroy(stack, { yes: values.yes, keepData: values["keep-data"] });
    if (code !== 0) {
      say("down", code === undefined ? "nothing was removed" : `the ${stack} stack is not removed: see above`);
      return code ?? 1;
    }
  } else if (stack === devStack) {
    say("down", `there is no stack ${stack}`);
  } else {
    throw new UserError(`down: there is no stack ${stack}.`);
  }
  await stopOwnServers();
  if (values["keep-data"]) {
    say("left", `the volumes and passwords of ${stack}: the next up finds them, and npm run down removes them`);
  }
  await printCaches();
  return 0;
}

export default down;
