import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Facts, isOutOfReach, retryHint, wasOutOfReach } from "../lib/facts.ts";
import { inCache, projectRoot } from "../lib/paths.ts";
import { pluginVersions } from "../lib/pins.ts";
import { say, withProgress } from "../lib/report.ts";
import { run } from "../lib/run.ts";
import { which } from "../lib/which.ts";
import type { Cli } from "./cli.ts";
import { pulumiHome } from "./environment.ts";

/** Where the wrappers of the stand-ins are: the CLI takes plugins from PATH before anything else. */
export const standInFolder = inCache("bin");

/** Makes or takes away the program on PATH that starts a stand-in. */
const setStandIn = async (program: string, folder: string, wanted: boolean): Promise<void> => {
  const file = join(standInFolder, program);
  if (!wanted) return rm(file, { force: true });
  const main = join(projectRoot, "toolchain/plugins", folder, "main.ts");
  await mkdir(standInFolder, { recursive: true });
  await writeFile(`${file}.new`, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  await rename(`${file}.new`, file);
};

/** PATH without the stand-ins, for looking up official plugins. */
const otherPath = (): string =>
  (process.env.PATH ?? "")
    .split(":")
    .filter((folder) => folder !== standInFolder)
    .join(":");

const installed = (cli: Cli, name: string, version: string): boolean =>
  existsSync(join(pulumiHome(cli), "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`)) ||
  which(`pulumi-resource-${name}`, otherPath()) !== undefined;

/** Whether the official plugin is there, or could be installed now. */
const haveOfficial = async (cli: Cli, name: string, version: string, facts: Facts): Promise<boolean> => {
  if (installed(cli, name, version)) return true;
  if (wasOutOfReach(facts, "plugins")) return false;
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const args = ["plugin", "install", "resource", name, version, "--non-interactive"];
  const result = await withProgress("plugins", `downloading the official ${name} plugin`, () =>
    run(cli.program, args, { env, timeoutMs: 120_000 }),
  );
  if (result.code === 0) return true;
  isOutOfReach(facts, "plugins");
  return false;
};

/** Sees to it that the CLI finds every plugin that the program needs, the official ones where they can be had. */
export const findPlugins = async (cli: Cli, facts: Facts): Promise<void> => {
  const official: string[] = [];
  const standIns: string[] = [];
  for (const [name, version] of Object.entries(pluginVersions())) {
    const has = await haveOfficial(cli, name, version, facts);
    (has ? official : standIns).push(`${name} ${version}`);
    await setStandIn(`pulumi-resource-${name}`, name, !has);
  }
  const host = "pulumi-language-nodejs";
  const hasHost = existsSync(join(dirname(cli.program), host)) || which(host, otherPath()) !== undefined;
  (hasHost ? official : standIns).push("nodejs language host");
  await setStandIn(host, "language-nodejs", !hasHost);
  const parts = [
    ...(official.length > 0 ? [`official: ${official.join(", ")}`] : []),
    ...(standIns.length > 0
      ? [`stand-ins of this project, as the official source is out of reach (${retryHint}): ${standIns.join(", ")}`]
      : []),
  ];
  say("plugins", parts.join("; "));
};
