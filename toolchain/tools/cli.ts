import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { pinnedVersion } from "../../lib/pins.ts";
import { type ProbeCache, rememberOutOfReach, wasOutOfReach } from "../../lib/probe-cache.ts";
import { say, withProgress } from "../../lib/report.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { buildPulumiCli, cliVersion } from "../offline.ts";

/** The Pulumi CLI that is used. */
export type Cli = {
  /** The program's full path. */
  program: string;
  version: string;
  /** Whether the toolchain has downloaded or built it, so that its plugins and settings live in the cache too. */
  ours: boolean;
};

/** Whether a CLI is of the SDK's minor version or newer, as the SDK asks for. */
export function fits(cli: string, sdk: string): boolean {
  const [major = 0, minor = 0] = cli.split(".").map(Number);
  const [sdkMajor = 0, sdkMinor = 0] = sdk.split(".").map(Number);
  return major === sdkMajor && minor >= sdkMinor;
}

async function versionOf(program: string): Promise<string | undefined> {
  const said = await run(program, ["version"], { env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, timeoutMs: 20_000 });
  return /^v?(\d+\.\d+\.\d+)/m.exec(said.stdout)?.[1];
}

function isKnown(value: unknown): value is { stamp: string; version: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "stamp" in value &&
    "version" in value &&
    typeof value.version === "string"
  );
}

/** The version of the CLI on PATH; asked again only when the file has changed. */
async function versionOnPath(program: string, probes: ProbeCache): Promise<string | undefined> {
  const { mtimeMs, size } = statSync(program);
  const stamp = `${program} ${mtimeMs} ${size}`;
  const known = probes.read("cliOnPath", isKnown);
  if (known?.stamp === stamp) {
    return known.version;
  }
  const version = await versionOf(program);
  if (version) {
    probes.write("cliOnPath", { stamp, version });
  }
  return version;
}

async function hasBytes(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.some((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).size > 0);
}

/**
 * Downloads the official CLI into the folder with Pulumi's own SDK.
 * @throws UserError when the source fails, or gives nothing within 20 s
 */
async function download(folder: string): Promise<void> {
  const downloads = join(folder, "downloads");
  await mkdir(downloads);
  const stalled = new AbortController();
  const timer = setTimeout(async () => {
    if (!(await hasBytes(downloads))) {
      stalled.abort();
    }
  }, 20_000);
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
}

function downloadInto(folder: string): Promise<void> {
  return withProgress("cli", "downloading the official Pulumi CLI", () =>
    makeFolder(folder, async (temporary) => {
      await download(temporary);
      writeFileSync(join(temporary, "origin"), "the official download");
    }),
  );
}

async function make(folder: string, version: string, probes: ProbeCache): Promise<void> {
  if (!wasOutOfReach(probes, "cli")) {
    try {
      return await downloadInto(folder);
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      rememberOutOfReach(probes, "cli");
    }
  }
  await buildPulumiCli(folder, version);
}

/**
 * Finds the Pulumi CLI on PATH, or downloads the official one, or builds it.
 * @throws UserError that says what the user must do
 */
export async function findCli(probes: ProbeCache): Promise<Cli> {
  const sdk = pinnedVersion("@pulumi/pulumi");
  const onPath = which("pulumi");
  const version = onPath ? await versionOnPath(onPath, probes) : undefined;
  if (onPath && version && fits(version, sdk)) {
    say("cli", `Pulumi ${version} found at ${onPath}`);
    return { program: onPath, version, ours: false };
  }
  const passedOver = onPath ? ` (${onPath} is ${version ?? "of no known version"}, older than the SDK's ${sdk})` : "";
  const wanted = cliVersion();
  const folder = inCache("cli", wanted);
  const program = join(folder, "bin/pulumi");
  if (!existsSync(program)) {
    await make(folder, wanted, probes);
  }
  const origin = readFileSync(join(folder, "origin"), "utf8");
  say("cli", `Pulumi ${wanted}, ${origin}, in ${dirname(program)}${passedOver}`);
  return { program, version: wanted, ours: true };
}
