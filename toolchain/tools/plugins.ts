import { existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { inCache } from "../../lib/paths.ts";
import { pinnedVersion } from "../../lib/pins.ts";
import { type ProbeCache, rememberOutOfReach, retryHint, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";
import { makeKubernetesPlugin, pluginRelease, standIn } from "../offline.ts";
import type { Cli } from "./cli.ts";
import { pulumiHome } from "./environment.ts";

/** The folder on PATH for wrapper scripts that have no other place. */
const folderOnPath = inCache("bin");

const wrapperHead = "#!/bin/sh\n# Written by this project's toolchain.\n";

/** Whether a file is a wrapper script of this module. Official plugins have megabytes and are not read. */
function isWrapper(file: string): boolean {
  return existsSync(file) && statSync(file).size < 4096 && readFileSync(file, "utf8").startsWith(wrapperHead);
}

/** Where the CLI has its own copy of a resource plugin. */
function installed(cli: Cli, name: string, version: string): string {
  return join(pulumiHome(cli), "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/**
 * Writes a script that runs a command in place of a plugin, or removes it.
 * @param own where the CLI has its own copy of the plugin. The script goes there when that is in the cache, because the CLI
 * warns of each plugin on PATH
 */
async function setWrapper(own: string, command: string[] | undefined): Promise<void> {
  const onPath = join(folderOnPath, basename(own));
  // A CLI from elsewhere may be another clone's, with a script of that clone beside it.
  const isInCache = own.startsWith(inCache("/"));
  const file = command && (isInCache ? own : onPath);
  if (file !== undefined) {
    const words = command?.map((word) => `"${word}"`).join(" ");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(`${file}.new`, `${wrapperHead}exec ${words} "$@"\n`, { mode: 0o755 });
    await rename(`${file}.new`, file);
  }
  // Another run may have written one: with another CLI, or without the official plugin.
  if (file !== onPath) {
    await rm(onPath, { force: true });
  }
  if (isInCache && file !== own && isWrapper(own)) {
    await rm(own);
  }
}

/** Whether the official plugin is at its own place or on PATH. */
function isOfficial(own: string): boolean {
  const plugin = basename(own);
  const folders = (process.env.PATH ?? "").split(delimiter);
  const others = folders.filter((folder) => folder !== folderOnPath && !isWrapper(join(folder, plugin)));
  return which(plugin, others.join(delimiter)) !== undefined || (existsSync(own) && !isWrapper(own));
}

/** Whether the official plugin is installed. It tries to install a missing one. */
async function hasOfficial(cli: Cli, name: string, version: string, probes: ProbeCache): Promise<boolean> {
  const own = installed(cli, name, version);
  if (isOfficial(own)) {
    return true;
  }
  if (wasOutOfReach(probes, "plugins")) {
    return false;
  }
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  // Without --reinstall the CLI takes a wrapper for the plugin.
  const args = ["plugin", "install", "resource", name, version, "--reinstall", "--non-interactive"];
  const result = await withProgress("plugins", `downloading the official ${name} plugin`, () =>
    run(cli.program, args, { env, timeoutMs: 120_000 }),
  );
  if (result.code !== 0) {
    rememberOutOfReach(probes, "plugins");
  }
  return result.code === 0;
}

/** Downloads the Kubernetes plugin, or builds it. @returns its version and origin, for a message */
export async function addKubernetesPlugin(cli: Cli, probes: ProbeCache): Promise<string> {
  const version = pinnedVersion("@pulumi/kubernetes");
  const made = (await hasOfficial(cli, "kubernetes", version, probes)) ? undefined : await makeKubernetesPlugin();
  await setWrapper(installed(cli, "kubernetes", version), made && [made.program]);
  return made ? `kubernetes ${pluginRelease}, ${made.origin}` : `kubernetes ${version}`;
}

/**
 * Installs the plugins that the program needs, or stand-ins for those that can't be downloaded.
 * @param needsKubernetes whether to install the Kubernetes plugin: where it can't be downloaded, building it takes minutes
 */
export async function findPlugins(cli: Cli, probes: ProbeCache, needsKubernetes: boolean): Promise<void> {
  const official: string[] = [];
  const standIns: string[] = [];
  const host = join(dirname(cli.program), "pulumi-language-nodejs");
  const hasHost = isOfficial(host);
  for (const name of ["docker", "random"] as const) {
    const version = pinnedVersion(`@pulumi/${name}`);
    const has = await hasOfficial(cli, name, version, probes);
    (has ? official : standIns).push(`${name} ${version}`);
    await setWrapper(installed(cli, name, version), has ? undefined : standIn(name));
  }
  // The official language host requires the plugins of all packages, whatever the target.
  if (needsKubernetes || hasHost) {
    official.push(await addKubernetesPlugin(cli, probes));
  }
  (hasHost ? official : standIns).push("nodejs language host");
  await setWrapper(host, hasHost ? undefined : standIn("language-nodejs"));
  const parts = [
    ...(official.length > 0 ? [`official: ${official.join(", ")}`] : []),
    ...(standIns.length > 0
      ? [`stand-ins of this project, as the official source is out of reach (${retryHint}): ${standIns.join(", ")}`]
      : []),
  ];
  say("plugins", parts.join("; "));
}
