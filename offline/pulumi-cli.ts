import { readFileSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../lib/make.ts";
import { seconds, stopwatch, withProgress } from "../lib/report.ts";
import { lastLines } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";
import { findGo, goBuild } from "./go.ts";

const recipe = join(import.meta.dirname, "pulumi-cli");

const go = {
  module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  version: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
};

/**
 * The version of the Pulumi CLI that is downloaded or built: that of its Go module. Go modules and npm packages are not
 * served in the same versions, so it may be newer than the SDK.
 */
export function cliVersion(): string {
  const goMod = readFileSync(join(recipe, "go.mod"), "utf8");
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\d+\.\d+\.\d+)/.exec(goMod)?.[1];
  if (version === undefined) {
    throw new UserError("offline/pulumi-cli/go.mod requires no version of Pulumi's CLI.");
  }
  return version;
}

/** Builds the CLI from its Go module, pinned and verified by go.sum. */
async function build(folder: string, version: string): Promise<void> {
  const compiler = findGo();
  const needed = /^go (\S+)$/m.exec(readFileSync(join(recipe, "go.mod"), "utf8"))?.[1] ?? "";
  const advice = `Install Pulumi ${version} or newer, or Go ${needed} or newer, and run this again.`;
  if (!compiler) {
    throw new UserError(
      `cli: no Pulumi CLI on PATH, its download is out of reach, and there is no Go to build it. ${advice}`,
    );
  }
  await cp(recipe, join(folder, "module"), { recursive: true });
  const result = await goBuild(compiler, {
    module: join(folder, "module"),
    packages: [go.module],
    output: join(folder, "bin/pulumi"),
    flags: `-s -w -X ${go.version}=v${version}`,
  });
  if (result.code === 0) {
    return;
  }
  throw new UserError(`cli: the build of Pulumi's Go module failed:\n${lastLines(result)}\n${advice}`);
}

/** Builds the CLI into a folder of the cache. @throws {UserError} that says what the user must do */
export function buildPulumiCli(folder: string, version: string): Promise<void> {
  const elapsed = stopwatch();
  return withProgress("cli", "the official download is out of reach; building Pulumi's Go module (3-4 min)", () =>
    makeFolder(folder, async (temporary) => {
      await build(temporary, version);
      writeFileSync(join(temporary, "origin"), `built from its Go module in ${seconds(elapsed())}`);
    }),
  );
}
