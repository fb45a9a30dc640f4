import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { at } from "../../lib/at.ts";
import { interruption } from "../../lib/interruption.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { mustRun, run, runAttached } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { devStack, project, stackConfig } from "./stack-config.ts";
import { asUserError, stackPlace } from "./stack-place.ts";

/**
 * Runs the CLI on a stack.
 * @param input its standard input
 * @returns its stdout
 * @throws {UserError} when it fails
 */
export function pulumiOutput(
  { cli, env }: ToolsWithoutImages,
  args: string[],
  stack = devStack,
  input = "",
): Promise<string> {
  return mustRun(cli.program, [...args, "--stack", stack, "--non-interactive"], { cwd: projectRoot, env, input });
}

/** The stacks of the backend, as the CLI lists them. @throws {UserError} when the backend does not answer */
async function listStacks({ cli, env }: Pick<ToolsWithoutImages, "cli" | "env">): Promise<unknown[]> {
  const result = await run(cli.program, ["stack", "ls", "--json", "--non-interactive"], { cwd: projectRoot, env });
  if (result.code !== 0) {
    throw new UserError(`pulumi stack ls failed:\n${result.stderr.trim()}`);
  }
  const stacks: unknown = JSON.parse(result.stdout);
  return Array.isArray(stacks) ? stacks : [];
}

/** Whether the backend has a stack. @throws {UserError} when the backend does not answer */
export async function stackExists(tools: Pick<ToolsWithoutImages, "cli" | "env">, name = devStack): Promise<boolean> {
  return (await listStacks(tools)).some((stack) => at(stack, "name") === name);
}

/** Creates a stack where the backend has none of that name. It is selected only when no stack is. */
export async function ensureStack(tools: ToolsWithoutImages, name: string): Promise<void> {
  const stacks = await listStacks(tools);
  if (!stacks.some((stack) => at(stack, "current") === true)) {
    await pulumiOutput(tools, ["stack", "select", "--create"], name);
  } else if (!stacks.some((stack) => at(stack, "name") === name)) {
    await pulumiOutput(tools, ["stack", "init", "--no-select"], name);
  }
}

/** The outputs of a stack. Secret ones are masked. */
export async function stackOutputs(tools: ToolsWithoutImages, stack = devStack): Promise<Record<string, unknown>> {
  return { ...Object(JSON.parse(await pulumiOutput(tools, ["stack", "output", "--json"], stack))) };
}

/** Prints the warning events in the namespace of a stack on Kubernetes. */
async function printWarnings(stack: string, since: Date): Promise<void> {
  try {
    const place = await stackPlace(project, stack);
    const { warningEvents } = await import("../../lib/cluster/events.ts");
    const events = place.target === "kubernetes" ? await warningEvents(place.access, place.namespace, since) : [];
    for (const event of events) {
      say("cluster", event);
    }
  } catch (error) {
    // Pulumi has printed its own error: the command's exit code is that of Pulumi.
    say("cluster", `its events can't be read: ${messageOf(await asUserError(error, stack))}`);
  }
}

/**
 * Runs the CLI on this terminal. If it fails for a stack on Kubernetes, the cluster's warning events are printed after it.
 * @param stack the stack whose plugins the CLI runs; undefined when it runs none
 * @returns the CLI's exit code
 */
export async function runOnStack(
  program: string,
  args: string[],
  env: Record<string, string>,
  stack: string | undefined,
): Promise<number> {
  if (stack === undefined || !stackConfig(stack).isOnKubernetes) {
    return runAttached(program, args, { cwd: projectRoot, env });
  }
  const start = new Date();
  // The Kubernetes plugin leaves a temporary file with the kubeconfig, keys included, at each run.
  const temporary = mkdtempSync(join(tmpdir(), "pulumi-"));
  try {
    const code = await runAttached(program, args, { cwd: projectRoot, env: { ...env, TMPDIR: temporary } });
    if (code !== 0 && !interruption.aborted) {
      await printWarnings(stack, start);
    }
    return code;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
