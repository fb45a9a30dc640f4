import { projectRoot } from "../lib/paths.ts";
import { runAttached } from "../lib/run.ts";
import { findToolchain } from "../tools/toolchain.ts";

/** `npm run pulumi -- ARGS`: the Pulumi CLI, with everything that it needs in its environment. */
const pulumi = async (args: string[]): Promise<number> => {
  const { cli, env } = await findToolchain();
  return runAttached(cli.program, args, { cwd: projectRoot, env });
};

export default pulumi;
