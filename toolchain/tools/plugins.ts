import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inCache } from "../../lib/paths.ts";
import { pinnedVersion } from "../../lib/pins.ts";
import { type ProbeCache, rememberOutOfReach, retryHint, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";
import { makeKubernetesPlugin, pluginRelease, standIn } from "../offline.ts";
import type { Cli } from "./cli.ts";
import { pulumiHome } from "./environment.ts";

/** The folder of the stand-ins' wrapper scripts. It is on PATH, where the CLI looks for plugins first. */
export const standInFolder = inCache("bin");

/** Writes a script that runs a command as a plugin, or removes it. */
async function setWrapper(plugin: string, command: string[] | undefined): Promise<void> {
  const file = join(standInFolder, plugin);
  if (command === undefined) {
    return rm(file, { force: true });
  }
  await mkdir(standInFolder, { recursive: true });
  const words = command.map((word) => `"${word}"`).join(" ");
  await writeFile(`${file}.new`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  await rename(`${file}.new`, file);
}

/** Whether an official plugin is on PATH. */
function isOnPath(plugin: string): boolean {
  const folders = (process.env.PATH ?? "").split(":").filter((folder) => folder !== standInFolder);
  return which(plugin, folders.join(":")) !== undefined;
}

/** Whether the official plugin is installed. It tries to install a missing one. */
async function hasOfficial(cli: Cli, name: string, version: string, probes: ProbeCache): Promise<boolean> {
  const plugin = `pulumi-resource-${name}`;
  if (existsSync(join(pulumiHome(cli), "plugins", `resource-${name}-v${version}`, plugin)) || isOnPath(plugin)) {
    return true;
  }
  if (wasOutOfReach(probes, "plugins")) {
    return false;
  }
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const args = ["plugin", "install", "resource", name, version, "--non-interactive"];
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
  await setWrapper("pulumi-resource-kubernetes", made && [made.program]);
  return made ? `kubernetes ${pluginRelease}, ${made.origin}` : `kubernetes ${version}`;
}

/**
 * Installs the plugins that the program needs, or stand-ins for those that can't be downloaded.
 * @param needsKubernetes whether to install the Kubernetes plugin: where it can't be downloaded, building it takes minutes
 */
export async function findPlugins(cli: Cli, probes: ProbeCache, needsKubernetes: boolean): Promise<void> {
  const official: string[] = [];
  const standIns: string[] = [];
  const host = "pulumi-language-nodejs";
  const hasHost = existsSync(join(dirname(cli.program), host)) || isOnPath(host);
  for (const name of ["docker", "random"] as const) {
    const version = pinnedVersion(`@pulumi/${name}`);
    const has = await hasOfficial(cli, name, version, probes);
    (has ? official : standIns).push(`${name} ${version}`);
    await setWrapper(`pulumi-resource-${name}`, has ? undefined : standIn(name));
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
