import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Facts, isOutOfReach, wasOutOfReach } from "../../lib/facts.ts";
import { findGo, goBuild } from "../../offline/go.ts";
import { makeFolder } from "../../lib/make.ts";
import { inCache } from "../../lib/paths.ts";
import { cliVersion, pinnedVersion } from "../../lib/pins.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";

/** The Pulumi CLI that is used. */
export type Cli = {
  /** The program's full path. */
  program: string;
  version: string;
  /** Whether the toolchain has downloaded or built it, so that its plugins and settings live in the cache too. */
  ours: boolean;
};

const go = {
  module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
};

/** Whether a CLI is of the SDK's minor version or newer, as the SDK asks for. */
export const fits = (cli: string, sdk: string): boolean => {
  const [major = 0, minor = 0] = cli.split(".").map(Number);
  const [sdkMajor = 0, sdkMinor = 0] = sdk.split(".").map(Number);
  return major === sdkMajor && minor >= sdkMinor;
};

const versionOf = async (program: string): Promise<string | undefined> => {
  const said = await run(program, ["version"], { env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, timeoutMs: 20_000 });
  return /^v?(\d+\.\d+\.\d+)/m.exec(said.stdout)?.[1];
};

const isKnown = (value: unknown): value is { stamp: string; version: string } =>
  typeof value === "object" &&
  value !== null &&
  "stamp" in value &&
  "version" in value &&
  typeof value.version === "string";

/** The version of the CLI on PATH; asked again only when the file has changed. */
const versionOnPath = async (program: string, facts: Facts): Promise<string | undefined> => {
  const { mtimeMs, size } = statSync(program);
  const stamp = `${program} ${mtimeMs} ${size}`;
  const known = facts.read("cliOnPath", isKnown);
  if (known?.stamp === stamp) return known.version;
  const version = await versionOf(program);
  if (version) facts.write("cliOnPath", { stamp, version });
  return version;
};

const hasBytes = async (folder: string): Promise<boolean> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.some((entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).size > 0);
};

/**
 * Downloads the official CLI into the folder with Pulumi's own SDK.
 * @throws UserError when the source fails, or gives nothing within 20 s
 */
const download = async (folder: string): Promise<void> => {
  const downloads = join(folder, "downloads");
  await mkdir(downloads);
  const stalled = new AbortController();
  const timer = setTimeout(async () => {
    if (!(await hasBytes(downloads))) stalled.abort();
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
};

const recipeFolder = join(import.meta.dirname, "../../offline/pulumi-cli");

/** Builds the CLI from its Go module, pinned and verified by go.sum. */
const build = async (folder: string, version: string): Promise<void> => {
  const compiler = findGo();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(recipeFolder, "go.mod"), "utf8"))?.[1] ?? "";
  const advice = `Install Pulumi ${version} or newer, or Go ${needed} or newer, and run this again.`;
  if (!compiler)
    throw new UserError(
      `cli: no Pulumi CLI on PATH, its download is out of reach, and there is no Go to build it. ${advice}`,
    );
  await cp(recipeFolder, join(folder, "module"), { recursive: true });
  const result = await goBuild(compiler, {
    module: join(folder, "module"),
    packages: [go.module],
    output: join(folder, "bin/pulumi"),
    flags: `-s -w -X ${go.version}=v${version}`,
  });
  if (result.code === 0) return;
  throw new UserError(
    `cli: the build of Pulumi's Go module failed:\n${result.stderr.trim().split("\n").slice(-6).join("\n")}\n${advice}`,
  );
};

const downloadInto = (folder: string): Promise<void> =>
  withProgress("cli", "downloading the official Pulumi CLI", () =>
    makeFolder(folder, async (temporary) => {
      await download(temporary);
      writeFileSync(join(temporary, "origin"), "the official download");
    }),
  );

const buildInto = (folder: string, version: string): Promise<void> => {
  const elapsed = stopwatch();
  return withProgress("cli", "the official download is out of reach; building Pulumi's Go module (3-4 min)", () =>
    makeFolder(folder, async (temporary) => {
      await build(temporary, version);
      writeFileSync(join(temporary, "origin"), `built from its Go module in ${seconds(elapsed())}`);
    }),
  );
};

const make = async (folder: string, version: string, facts: Facts): Promise<void> => {
  if (!wasOutOfReach(facts, "cli")) {
    try {
      return await downloadInto(folder);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      isOutOfReach(facts, "cli");
    }
  }
  await buildInto(folder, version);
};

/**
 * Finds the Pulumi CLI on PATH, or downloads the official one, or builds it.
 * @throws UserError that says what the user must do
 */
export const findCli = async (facts: Facts): Promise<Cli> => {
  const sdk = pinnedVersion("@pulumi/pulumi");
  const onPath = which("pulumi");
  const version = onPath ? await versionOnPath(onPath, facts) : undefined;
  if (onPath && version && fits(version, sdk)) {
    say("cli", `Pulumi ${version} found at ${onPath}`);
    return { program: onPath, version, ours: false };
  }
  const passedOver = onPath ? ` (${onPath} is ${version ?? "of no known version"}, older than the SDK's ${sdk})` : "";
  const wanted = cliVersion();
  const folder = inCache("cli", wanted);
  const program = join(folder, "bin/pulumi");
  if (!existsSync(program)) await make(folder, wanted, facts);
  const origin = readFileSync(join(folder, "origin"), "utf8");
  say("cli", `Pulumi ${wanted}, ${origin}, in ${dirname(program)}${passedOver}`);
  return { program, version: wanted, ours: true };
};
