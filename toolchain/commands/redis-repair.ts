import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments } from "../lib/arguments.ts";
import { findOwnStack } from "../lib/own-stack.ts";
import { RedisFiles } from "../lib/repair-redis.ts";
import { devStack } from "../lib/stack-config.ts";

/**
 * `npm run redis:repair [-- --stack NAME] [--yes]`: repairs an append-only file whose end is damaged, so that Redis does
 * not start. Without --yes it only prints how many bytes it would cut off. It keeps a copy.
 */
async function redisRepair(args: string[]): Promise<number> {
  const { stack, yes } = parseArguments("npm run redis:repair -- [--stack NAME] [--yes]", {
    args,
    options: { stack: { type: "string", default: devStack }, yes: { type: "boolean", default: false } },
  }).values;
  const own = await findOwnStack(stack);
  if (own.target !== "docker") {
    throw new UserError(`redis:repair is for stacks on Docker, and ${stack} is on a cluster.`);
  }
  const files = await RedisFiles.find(own.engine, own);
  const damaged = await files.damagedBytes();
  if (damaged === 0) {
    say("redis", "nothing is damaged");
    return 0;
  }
  if (!yes) {
    say("redis", `the last ${damaged} bytes of its file are damaged. Run this again with -- --yes to cut them off`);
    return 1;
  }
  const copy = await files.repair();
  say("redis", `cut off ${damaged} bytes and started; the damaged files are in its volume, in ${copy}`);
  return 0;
}

export default redisRepair;
