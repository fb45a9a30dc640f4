import { projectRoot } from "../../lib/paths.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import type { ToolsWithoutImages } from "../tools/toolchain.ts";
import { devStack } from "./stack-config.ts";

/** Runs the CLI on a stack, the dev stack where none is named, and gives what it printed. @throws UserError when it fails */
export function pulumiOutput({ cli, env }: ToolsWithoutImages, args: string[], stack = devStack): Promise<string> {
  return mustRun(cli.program, [...args, "--stack", stack, "--non-interactive"], { cwd: projectRoot, env });
}

/** Whether the backend has a stack, the dev stack where none is named. @throws UserError when the backend does not answer */
export async function stackExists({ cli, env }: ToolsWithoutImages, wanted = devStack): Promise<boolean> {
  const result = await run(cli.program, ["stack", "ls", "--json", "--non-interactive"], { cwd: projectRoot, env });
  if (result.code !== 0) {
    throw new UserError(`pulumi stack ls failed:\n${result.stderr.trim()}`);
  }
  const stacks: unknown = JSON.parse(result.stdout);
  return (
    Array.isArray(stacks) &&
    stacks.some(
      (stack: unknown) => typeof stack === "object" && stack !== null && "name" in stack && stack.name === wanted,
    )
  );
}

/** The plain outputs of the dev stack. */
export async function devOutputs(toolchain: ToolsWithoutImages): Promise<Record<string, unknown>> {
  const outputs: unknown = JSON.parse(await pulumiOutput(toolchain, ["stack", "output", "--json"]));
  return typeof outputs === "object" && outputs !== null ? Object.fromEntries(Object.entries(outputs)) : {};
}
