import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { isOnKubernetes } from "../lib/stack-config.ts";
import { runOnStack } from "../lib/stack-run.ts";
import type { Cli } from "../tools/cli.ts";
import { pulumiHome } from "../tools/environment.ts";
import { findToolchain } from "../tools/toolchain.ts";

/** The commands of the CLI that run plugins. */
const withPlugins = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "import", "watch"]);

/** The stack that the arguments name with `--stack NAME`, `--stack=NAME`, `-s NAME` or `-s=NAME`, without its organization. */
export function namedStack(args: string[]): string | undefined {
  const index = args.findIndex((arg) => /^(--stack|-s)(=|$)/.test(arg));
  const [, value = args[index + 1]] = /=(.*)/.exec(args[index] ?? "") ?? [];
  return index < 0 ? undefined : value?.split("/").at(-1);
}

/** The stack that arguments which run plugins are about: the one that they name, or the selected one. */
async function stackOf(args: string[], cli: Cli): Promise<string | undefined> {
  if (!args.some((arg) => withPlugins.has(arg))) {
    return undefined;
  }
  const named = namedStack(args);
  if (named !== undefined) {
    return named;
  }
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stdout } = await run(cli.program, ["stack", "--show-name", "--non-interactive"], {
    cwd: projectRoot,
    env,
  });
  // Where none is selected the command itself asks for one, or says so.
  return code === 0 ? stdout.trim().split("/").at(-1) : undefined;
}

/** `npm run pulumi -- ARGS`: the Pulumi CLI, with everything that it needs in its environment. */
async function pulumi(args: string[]): Promise<number> {
  let stack: string | undefined;
  const kubernetes = async (cli: Cli): Promise<boolean> => {
    stack = await stackOf(args, cli);
    return stack !== undefined && isOnKubernetes(stack);
  };
  const { cli, env } = await findToolchain({ kubernetes });
  return runOnStack(cli.program, args, env, stack);
}

export default pulumi;
