import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { stackArgument } from "../lib/arguments.ts";
import { runOnStack } from "../lib/pulumi.ts";
import { assertSecretsEncrypted } from "../lib/stack-config.ts";
import { updateStack } from "../recovery/update.ts";
import type { Cli } from "../tools/cli.ts";
import { pulumiHome } from "../tools/environment.ts";
import { addImages, findToolsWithoutImages } from "../tools/toolchain.ts";

/** The CLI's commands that run plugins. */
const withPlugins = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "import", "watch"]);

/** Those of them that change a stack by its program, and can refresh it first. */
const refreshing = new Set(["up", "update", "destroy", "down", "dn"]);

/** Those of them that a config with an error does not stop. */
const ending = new Set(["destroy", "down", "dn"]);

/** The stack that arguments name, without its organization. */
export function namedStack(args: string[]): string | undefined {
  return stackArgument(args)?.name?.split("/").at(-1);
}

/** The named or the selected stack; undefined when the command runs no plugins, or no stack is selected. */
async function stackOf(args: string[], cli: Cli): Promise<string | undefined> {
  if (!args.some((arg) => withPlugins.has(arg))) {
    return undefined;
  }
  const named = namedStack(args);
  if (named !== undefined) {
    return named;
  }
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const options = { cwd: projectRoot, env };
  const { code, stdout } = await run(cli.program, ["stack", "--show-name", "--non-interactive"], options);
  return code === 0 ? stdout.trim().split("/").at(-1) : undefined;
}

/** `npm run pulumi -- ARGS`: the Pulumi CLI, with the toolchain's environment. */
async function pulumi(args: string[]): Promise<number> {
  let stack: string | undefined;
  const tools = await findToolsWithoutImages(async (found) => {
    stack = await stackOf(args, found);
    if (stack !== undefined && !args.some((arg) => ending.has(arg))) {
      assertSecretsEncrypted(stack);
    }
    return stack;
  });
  const index = args.findIndex((arg) => refreshing.has(arg));
  const runWith = (added: string[]) =>
    runOnStack(tools.cli.program, args.toSpliced(index + 1, 0, ...added), tools.env, stack);
  if (stack === undefined) {
    return runWith([]);
  }
  const toolchain = await addImages(tools, stack);
  return index < 0 ? runWith([]) : updateStack(toolchain, stack, runWith);
}

export default pulumi;
