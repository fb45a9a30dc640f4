import { parseArgs } from "node:util";
import { stackLabels } from "../../infra/labels.ts";
import { say } from "../../lib/report.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { RedisFiles } from "../lib/repair-redis.ts";
import { devStack, project } from "../lib/stack-config.ts";
import { stackPlace } from "../lib/stack-place.ts";
import { client, findEngine } from "../tools/engine.ts";

function parse(args: string[]) {
  try {
    const options = { stack: { type: "string", default: devStack }, yes: { type: "boolean", default: false } } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)} Usage: npm run redis:repair -- [--stack NAME] [--yes]`);
  }
}

/**
 * `npm run redis:repair [-- --stack NAME] [--yes]`: where Redis can't read the end of its file any more, and so starts again
 * and again, says what would be cut off; with --yes it cuts that off, and keeps a copy.
 */
async function redisRepair(args: string[]): Promise<number> {
  const { stack, yes } = parse(args);
  const place = await stackPlace(project, stack);
  if (place.target !== "docker") {
    throw new UserError(`redis:repair is for stacks on Docker, and ${stack} is on a cluster.`);
  }
  const files = await RedisFiles.find(client((await findEngine()).host), stackLabels(project, stack));
  const { damaged } = await files.examine();
  if (damaged === 0) {
    say("redis", "nothing is damaged");
    return 0;
  }
  if (!yes) {
    say(
      "redis",
      `the last ${damaged} bytes of its file can't be read, and would be cut off: run this again with -- --yes`,
    );
    return 1;
  }
  const copy = await files.repair();
  say("redis", `cut off ${damaged} bytes and started; what was there before is in its volume, in ${copy}`);
  return 0;
}

export default redisRepair;
