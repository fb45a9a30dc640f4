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

/** Where the wrappers of the stand-ins are: the CLI takes plugins from PATH before anything else. */
export const standInFolder = inCache("bin");

/** Makes or takes away the program on PATH that runs a command in a plugin's place. */
async function setOnPath(program: string, command: string[] | undefined): Promise<void> {
  const file = join(standInFolder, program);
  if (command === undefined) {
    return rm(file, { force: true });
  }
  await mkdir(standInFolder, { recursive: true });
  const words = command.map((word) => `"${word}"`).join(" ");
  await writeFile(`${file}.new`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  await rename(`${file}.new`, file);
}

/** PATH without the stand-ins, for looking up official plugins. */
function otherPath(): string {
  return (process.env.PATH ?? "")
    .split(":")
    .filter((folder) => folder !== standInFolder)
    .join(":");
}

function installed(cli: Cli, name: string, version: string): boolean {
  return (
    existsSync(join(pulumiHome(cli), "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`)) ||
    which(`pulumi-resource-${name}`, otherPath()) !== undefined
  );
}

/** Whether the official plugin is there, or could be installed now. */
async function haveOfficial(cli: Cli, name: string, version: string, probes: ProbeCache): Promise<boolean> {
  if (installed(cli, name, version)) {
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
  if (result.code === 0) {
    return true;
  }
  rememberOutOfReach(probes, "plugins");
  return false;
}

/**
 * Sees to it that the CLI finds the Kubernetes plugin.
 * @returns which one it is, as a part of a line
 */
export async function addKubernetesPlugin(cli: Cli, probes: ProbeCache): Promise<string> {
  const version = pinnedVersion("@pulumi/kubernetes");
  const made = (await haveOfficial(cli, "kubernetes", version, probes)) ? undefined : await makeKubernetesPlugin();
  await setOnPath("pulumi-resource-kubernetes", made && [made.program]);
  return made ? `kubernetes ${pluginRelease}, ${made.origin}` : `kubernetes ${version}`;
}

/**
 * Sees to it that the CLI finds every plugin that the program needs, the official ones where they can be had.
 * @param kubernetes whether the Kubernetes plugin is needed, which takes minutes to build where it can't be downloaded
 */
export async function findPlugins(
  cli: Cli,
  probes: ProbeCache,
  { kubernetes }: { kubernetes: boolean },
): Promise<void> {
  const official: string[] = [];
  const standIns: string[] = [];
  const host = "pulumi-language-nodejs";
  const hasHost = existsSync(join(dirname(cli.program), host)) || which(host, otherPath()) !== undefined;
  for (const name of ["docker", "random"] as const) {
    const version = pinnedVersion(`@pulumi/${name}`);
    const has = await haveOfficial(cli, name, version, probes);
    (has ? official : standIns).push(`${name} ${version}`);
    await setOnPath(`pulumi-resource-${name}`, has ? undefined : standIn(name));
  }
  // The official language host asks for the plugins of all packages, those of another target included.
  if (kubernetes || hasHost) {
    official.push(await addKubernetesPlugin(cli, probes));
  }
  (hasHost ? official : standIns).push("nodejs language host");
  await setOnPath(host, hasHost ? undefined : standIn("language-nodejs"));
  const parts = [
    ...(official.length > 0 ? [`official: ${official.join(", ")}`] : []),
    ...(standIns.length > 0
      ? [`stand-ins of this project, as the official source is out of reach (${retryHint}): ${standIns.join(", ")}`]
      : []),
  ];
  say("plugins", parts.join("; "));
}
