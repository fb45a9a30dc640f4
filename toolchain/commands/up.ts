import { assertContent } from "../../infra/system/content.ts";
import { at } from "../../lib/at.ts";
import { clientAt, isLocal } from "../../lib/docker-engine.ts";
import { interruption } from "../../lib/interruption.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say, seconds, stopwatch, withProgress } from "../../lib/report.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { splitStack } from "../lib/arguments.ts";
import { waitUntilHealthy } from "../lib/health.ts";
import { findOwnStack, type OwnStack } from "../lib/own-stack.ts";
import { lastLinesOf, partsOf, problemsOf } from "../lib/parts.ts";
import { ensureStack, runOnStack } from "../lib/pulumi.ts";
import { purgeCaches } from "../lib/purge-caches.ts";
import { assertSecretsEncrypted, stackConfig } from "../lib/stack-config.ts";
import { updateStack } from "../recovery/update.ts";
import { applyMachineConfig } from "../tools/machine-config.ts";
import { goneImages, pruneImages } from "../tools/prune-images.ts";
import { findToolchain, type Toolchain } from "../tools/toolchain.ts";

/** How long a stack may take to become healthy after an update. */
const healthyWithinMs = 120_000;

/** The URLs of the stack, by what is there. */
function homes(outputs: Record<string, unknown>): [name: string, url: string][] {
  const { url, prometheusUrl, grafanaUrl } = outputs;
  return Object.entries({ site: url, prometheus: prometheusUrl, grafana: grafanaUrl }).flatMap(([name, home]) =>
    typeof home === "string" && home !== "" ? [[name, home]] : [],
  );
}

/** The options that let Pulumi create or start again what has gone since its last update; none when all is there. */
async function optionsForGone(stack: OwnStack): Promise<string[]> {
  const gone = (await partsOf(stack)).filter(({ isGone }) => isGone);
  // A built image is no part of a refresh. On Kubernetes images are in a registry.
  const images = stack.target === "docker" ? await goneImages(stack.engine, stack.state) : [];
  if (gone.length === 0 && images.length === 0) {
    return [];
  }
  const names = images.map(({ outputs }) => `${at(outputs, "imageName")} is gone`);
  say("up", `${[...problemsOf(gone), ...names].join(", ")}: made again`);
  return ["--refresh", ...images.flatMap(({ urn }) => ["--replace", urn])];
}

/** Prints why containers are not healthy, after Pulumi's own error. */
async function printLastLines(stack: string, toolchain: Toolchain): Promise<void> {
  for (const lines of await lastLinesOf(await partsOf(await findOwnStack(stack, toolchain)))) {
    say("up", lines);
  }
}

/** @throws {UserError} when the first argument is no option */
function assertOptions([first]: readonly string[]): void {
  if (first !== undefined && !first.startsWith("-")) {
    throw new UserError(`up: the argument is "${first}"; allowed: --stack NAME and the options of pulumi up.`);
  }
}

/** @throws {UserError} when `pulumi up` does not take the options. With --help it only checks them. */
async function assertTaken({ cli, env }: Toolchain, args: string[]): Promise<void> {
  const { code, stderr } = await run(cli.program, ["up", ...args, "--help"], { cwd: projectRoot, env });
  if (code !== 0) {
    throw new UserError(
      `up: ${stderr.trim().replace(/^error: /, "")}; allowed: --stack NAME and the options of pulumi up.`,
    );
  }
}

/**
 * `npm run up [-- --stack NAME] [ARGS of pulumi up]`: sets up what is missing, brings up a stack, `dev` without a name,
 * and waits until it is healthy.
 */
async function up(allArgs: string[]): Promise<number> {
  const total = stopwatch();
  const { stack, rest: args } = splitStack(allArgs);
  assertOptions(args);
  assertSecretsEncrypted(stack);
  // The program checks, too. This is before the tools and images are made, which takes minutes.
  const { images, content } = stackConfig(stack);
  if (!images.includes("resume")) {
    for (const warning of await assertContent(content)) {
      say("content", `warning: ${warning}`);
    }
  }
  const toolchain = await findToolchain(stack);
  await assertTaken(toolchain, args);
  await ensureStack(toolchain, stack);
  // The values for a cluster are set by cluster:up or by the user.
  if (!stackConfig(stack).isOnKubernetes) {
    await applyMachineConfig(toolchain, stack);
  }
  if (args.some((arg) => ["--help", "-h", "--preview-only"].includes(arg))) {
    return runOnStack(toolchain.cli.program, ["up", "--stack", stack, ...args], toolchain.env, stack);
  }
  return updateStack(toolchain, stack, (added) => bringUp(toolchain, stack, [...added, ...args], total));
}

/** Runs `pulumi up`, and waits until the stack is healthy. @param total the time since the command began */
async function bringUp(toolchain: Toolchain, stack: string, args: string[], total: () => number): Promise<number> {
  const before = await findOwnStack(stack, toolchain);
  const options = await optionsForGone(before);
  const toolchainTime = total();

  const pulumi = stopwatch();
  const command = ["up", "--yes", "--stack", stack, ...options, ...args];
  const code = await runOnStack(toolchain.cli.program, command, toolchain.env, stack);
  if (code !== 0) {
    if (!interruption.aborted) {
      await printLastLines(stack, toolchain);
    }
    return code;
  }
  const pulumiTime = pulumi();

  const own = await findOwnStack(stack, toolchain);
  const { outputs } = own.state;
  // A cluster's or another machine's address may be out of reach from here.
  const isHere = own.target === "docker" && isLocal(toolchain.engine.host);
  const site = isHere && typeof outputs.url === "string" ? outputs.url : undefined;
  const healthy = await withProgress("up", "waiting for the health checks", () =>
    waitUntilHealthy(own, site, healthyWithinMs),
  );
  await withProgress("up", "renewing nginx' cache", () => purgeCaches(own));
  say("healthy", healthy);
  await pruneImages(clientAt(toolchain.engine.host), toolchain.probes, stack, [own.state, before.state]);
  for (const [name, url] of homes(outputs)) {
    process.stdout.write(`${name.padEnd(11)} ${url}\n`);
  }
  if (outputs.grafanaUrl) {
    const output = `stack output grafanaPassword --show-secrets --stack ${stack}`;
    process.stdout.write(`grafana's password: npm run pulumi -- ${output}\n`);
  }
  say("up", `toolchain ${seconds(toolchainTime)}, pulumi up ${seconds(pulumiTime)}, healthy after ${seconds(total())}`);
  return 0;
}

export default up;
