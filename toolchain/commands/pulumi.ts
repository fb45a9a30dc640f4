import { complaintsIn } from "../lib/cluster-events.ts";
import { interruption } from "../lib/interruption.ts";
import { projectRoot } from "../lib/paths.ts";
import { say } from "../lib/report.ts";
import { run, runAttached } from "../lib/run.ts";
import { isOnKubernetes, project } from "../lib/stack-config.ts";
import { asUserError, stackPlace } from "../lib/stack-place.ts";
import { messageOf } from "../lib/user-error.ts";
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

/** The stack that arguments which run plugins are about: the one that they name, or the selected one. */
const stackOf = async (args: string[], cli: Cli): Promise<string | undefined> => {
  if (!args.some((arg) => withPlugins.has(arg))) return undefined;
  const named = namedStack(args);
  if (named !== undefined) return named;
  const env = { PULUMI_HOME: pulumiHome(cli), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, stdout } = await run(cli.program, ["stack", "--show-name", "--non-interactive"], {
    cwd: projectRoot,
    env,
  });
  // Where none is selected the command itself asks for one, or says so.
  return code === 0 ? stdout.trim() : undefined;
};

/** What the cluster of a stack has complained of since a time, for people whose command has failed. */
const tellComplaints = async (stack: string, since: Date): Promise<void> => {
  try {
    const place = await stackPlace(project, stack);
    if (place.target !== "kubernetes") return;
    for (const line of await complaintsIn(place.access, place.namespace, since)) say("cluster", line);
  } catch (error) {
    // Pulumi has told why it failed; a cluster that can't be asked is no second failure.
    say("cluster", `its events can't be read: ${messageOf(await asUserError(error, stack))}`);
  }
};

/** `npm run pulumi -- ARGS`: the Pulumi CLI, with everything that it needs in its environment. */
const pulumi = async (args: string[]): Promise<number> => {
  const start = new Date();
  let onCluster: string | undefined;
  const kubernetes = async (cli: Cli): Promise<boolean> => {
    const stack = await stackOf(args, cli);
    onCluster = stack !== undefined && isOnKubernetes(stack) ? stack : undefined;
    return onCluster !== undefined;
  };
  const { cli, env } = await findToolchain({ kubernetes });
  const code = await runAttached(cli.program, args, { cwd: projectRoot, env });
  if (code !== 0 && onCluster !== undefined && !interruption.aborted) await tellComplaints(onCluster, start);
  return code;
};

export default pulumi;
