import { projectRoot } from "../lib/paths.ts";
import { mustRun, runAttached } from "../lib/run.ts";
import { isOnKubernetes } from "../lib/stack-config.ts";
import type { Cli } from "../tools/cli.ts";
import { pulumiHome } from "../tools/environment.ts";
import { findToolchain } from "../tools/toolchain.ts";

/** The commands of the CLI that run plugins. */
const withPlugins = new Set(["up", "update", "preview", "pre", "refresh", "destroy", "down", "dn", "import", "watch"]);

/** The stack that the arguments name with `--stack NAME`, `--stack=NAME` or `-s NAME`. */
export const namedStack = (args: string[]): string | undefined => {
  const index = args.findIndex((arg) => arg === "--stack" || arg === "-s");
  return index >= 0 ? args[index + 1] : args.find((arg) => arg.startsWith("--stack="))?.slice("--stack=".length);
};

/** Whether these arguments run plugins for a stack on Kubernetes: the one that they name, or the selected one. */
const needsKubernetes = async (args: string[], cli: Cli): Promise<boolean> => {
  if (!args.some((arg) => withPlugins.has(arg))) return false;
  const named = namedStack(args);
  if (named !== undefined) return isOnKubernetes(named);
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const selected = await mustRun(cli.program, ["stack", "--show-name", "--non-interactive"], { cwd: projectRoot, env })
    // No stack is selected: the command itself asks for one, or says so.
    .catch(() => "");
  return isOnKubernetes(selected.trim());
};

/** `npm run pulumi -- ARGS`: the Pulumi CLI, with everything that it needs in its environment. */
const pulumi = async (args: string[]): Promise<number> => {
  const { cli, env } = await findToolchain({ kubernetes: (cli) => needsKubernetes(args, cli) });
  return runAttached(cli.program, args, { cwd: projectRoot, env });
};

export default pulumi;
