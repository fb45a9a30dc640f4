import { existsSync, readFileSync } from "node:fs";
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../lib/make.ts";
import { inCache } from "../lib/paths.ts";
import { pinnedVersion } from "../lib/pins.ts";
import { seconds, stopwatch, withProgress } from "../lib/report.ts";
import { lastLines, mustRun } from "../lib/run.ts";
import { UserError } from "../lib/user-error.ts";
import { findGo, goBuild } from "./go.ts";

const recipe = join(import.meta.dirname, "kubernetes-plugin");
const moduleName = "github.com/pulumi/pulumi-kubernetes/provider/v4";

function pinned(pattern: RegExp): string {
  return pattern.exec(readFileSync(join(recipe, "go.mod"), "utf8"))?.[1] ?? "";
}

/** The version of the module, which carries no release number of its own: the day and the commit. */
function moduleVersion(): string {
  return pinned(/pulumi-kubernetes\/provider\/v4 v(\S+)/);
}

/**
 * The release that the module's commit belongs to. Newer commits are not served as modules, while npm's
 * @pulumi/kubernetes is newer. What 4.25 does otherwise than the pinned version, and what covers it:
 * - It does not always wait until a StatefulSet is updated: `up` may end well although Redis' image is missing.
 * - It takes over objects that exist: the preflight refuses a namespace that is not the stack's, and an annotation with a
 *   value of its own refuses another stack of the same name (infra/targets/kubernetes/stack.ts).
 * - Its preview fails where `storageClass` changes, because a claim can't change its class: docs/config.md warns of it.
 * - Its errors do not quote a quota or a node without room: `npm run up`, `down` and `pulumi` add the cluster's own
 *   complaints (toolchain/lib/stack-run.ts).
 */
export const pluginRelease = "4.25";

/**
 * What the plugin answers when the engine asks for its version: the engine warns at every run where that is older than
 * the npm package. What stands behind the plus sign is ignored when versions are compared.
 */
export function reportedVersion(): string {
  return `${pinnedVersion("@pulumi/kubernetes")}+module.${moduleVersion().split("-").at(-1)}`;
}

async function build(folder: string): Promise<void> {
  const compiler = findGo();
  const advice = `Install the plugin (pulumi plugin install resource kubernetes ${pinnedVersion("@pulumi/kubernetes")}), or Go ${pinned(/^go (\S+)$/m)} or newer, and run this again.`;
  if (!compiler) {
    throw new UserError(
      `kubernetes: the plugin's download is out of reach, and there is no Go to build it from its module. ${advice}`,
    );
  }
  const sources = join(folder, "sources");
  await cp(recipe, sources, { recursive: true });
  const env = { GOFLAGS: "-mod=readonly", GOWORK: "off" };
  await mustRun(compiler, ["mod", "download", moduleName], { cwd: sources, env });
  const home = (await mustRun(compiler, ["list", "-m", "-f", "{{.Dir}}", moduleName], { cwd: sources, env })).trim();
  const given = (name: string): string => readFileSync(join(home, "cmd/pulumi-resource-kubernetes", name), "utf8");
  const schema: unknown = JSON.parse(given("schema.json"));
  await writeFile(join(sources, "schema.json"), JSON.stringify({ ...Object(schema), version: reportedVersion() }));
  await writeFile(join(sources, "terraform-mapping.json"), given("terraform-mapping.json"));
  const result = await goBuild(compiler, {
    module: sources,
    packages: ["."],
    output: join(folder, "pulumi-resource-kubernetes"),
    flags: `-s -w -X main.version=${reportedVersion()}`,
    // Without cgo the linker exports no symbols for Go plugins, which are a quarter of the program.
    env: { CGO_ENABLED: "0" },
  });
  if (result.code !== 0) {
    throw new UserError(`kubernetes: the build of the plugin failed:\n${lastLines(result)}\n${advice}`);
  }
  await rm(sources, { recursive: true });
}

/** The plugin's program, built from its Go module unless it was. @throws {UserError} that says what the user must do */
export async function makeKubernetesPlugin(): Promise<{ program: string; origin: string }> {
  const folder = inCache("kubernetes-plugin", reportedVersion());
  if (!existsSync(folder)) {
    const elapsed = stopwatch();
    await withProgress("plugins", "the official download is out of reach; building the Kubernetes plugin (8 min)", () =>
      makeFolder(folder, async (temporary) => {
        await build(temporary);
        await writeFile(join(temporary, "origin"), `built from its Go module in ${seconds(elapsed())}`);
      }),
    );
  }
  return { program: join(folder, "pulumi-resource-kubernetes"), origin: readFileSync(join(folder, "origin"), "utf8") };
}
