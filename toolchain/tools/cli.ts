import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { pinnedVersion } from "../../lib/pins.ts";
import { type ProbeCache, rememberOutOfReach, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { buildPulumiCli, cliVersion } from "../offline.ts";

/** The Pulumi CLI. */
export type Cli = {
  /** The program's full path. */
  program: string;
  version: string;
  /** Whether the toolchain has downloaded or built it. Its plugins and settings are then in the cache, too. */
  ours: boolean;
};

/** Whether a CLI has the SDK's minor version or a newer one, which the SDK requires. */
export function fits(cli: string, sdk: string): boolean {
  const [major = 0, minor = 0] = cli.split(".").map(Number);
  const [sdkMajor = 0, sdkMinor = 0] = sdk.split(".").map(Number);
  return major === sdkMajor && minor >= sdkMinor;
}

/** The version of a CLI. It is cached until the file changes: asking the CLI takes half a second. */
async function versionOf(program: string, probes: ProbeCache): Promise<string | undefined> {
  const { mtimeMs, size } = statSync(program);
  const stamp = `${program} ${mtimeMs} ${size}`;
  const known = probes.read("cliOnPath", z.object({ stamp: z.string(), version: z.string() }));
  if (known?.stamp === stamp) {
    return known.version;
  }
  const options = { env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, timeoutMs: 20_000 };
  const version = /^v?(\d+\.\d+\.\d+)/m.exec((await run(program, ["version"], options)).stdout)?.[1];
  if (version) {
    probes.write("cliOnPath", { stamp, version });
  }
  return version;
}

function hasBytes(folder: string): boolean {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.some((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).size > 0);
}

/**
 * Downloads the official CLI into a folder, with Pulumi's SDK in a child process: a download that stalls can be killed.
 * @throws {UserError} when it fails, or has received nothing after 20 s
 */
async function download(folder: string): Promise<void> {
  const downloads = join(folder, "downloads");
  await mkdir(downloads);
  const stalled = new AbortController();
  const timer = setTimeout(() => hasBytes(downloads) || stalled.abort(), 20_000);
  try {
    await mustRun(process.execPath, [join(import.meta.dirname, "download-cli.ts"), folder, cliVersion()], {
      env: { TMPDIR: downloads },
      timeoutMs: 600_000,
      signal: stalled.signal,
    });
  } finally {
    clearTimeout(timer);
  }
  await rm(downloads, { recursive: true, force: true });
  writeFileSync(join(folder, "origin"), "the official download");
}

async function downloadOrBuild(folder: string, version: string, probes: ProbeCache): Promise<void> {
  if (!wasOutOfReach(probes, "cli")) {
    try {
      return await withProgress("cli", "downloading the official Pulumi CLI", () => makeFolder(folder, download));
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      rememberOutOfReach(probes, "cli");
    }
  }
  await buildPulumiCli(folder, version);
}

/** Finds the Pulumi CLI on PATH, downloads it or builds it. @throws {UserError} that says what the user must do */
export async function findCli(probes: ProbeCache): Promise<Cli> {
  const sdk = pinnedVersion("@pulumi/pulumi");
  const onPath = which("pulumi");
  const found = onPath ? await versionOf(onPath, probes) : undefined;
  if (onPath && found && fits(found, sdk)) {
    say("cli", `Pulumi ${found} found at ${onPath}`);
    return { program: onPath, version: found, ours: false };
  }
  const unused = onPath ? ` (${onPath} is ${found ?? "of no known version"}, older than the SDK's ${sdk})` : "";
  const version = cliVersion();
  const folder = inCache("cli", version);
  const program = join(folder, "bin/pulumi");
  if (!existsSync(program)) {
    await downloadOrBuild(folder, version, probes);
  }
  const origin = readFileSync(join(folder, "origin"), "utf8");
  say("cli", `Pulumi ${version}, ${origin}, in ${dirname(program)}${unused}`);
  return { program, version, ours: true };
}
