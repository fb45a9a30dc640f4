import { delimiter, join, resolve } from "node:path";
import { assertContentFolder, isOwn } from "../../infra/system/content.ts";
import { at } from "../../lib/at.ts";
import { readJson } from "../../lib/json-file.ts";
import { projectRoot } from "../../lib/paths.ts";
import { runAttached } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments } from "../lib/arguments.ts";
import { devStack, stackConfig } from "../lib/stack-config.ts";

const usage = "npm run dev -- [--content DIR]";

/**
 * `npm run dev [-- --content DIR]`: the service alone, restarted when a file changes. Without a folder it shows what the
 * dev stack publishes. It runs the service's own `dev` script, without npm
 * and without a shell that stays: neither forwards signals.
 */
async function dev(args: string[]): Promise<number> {
  const { content } = parseArguments(usage, { args, options: { content: { type: "string" } } }).values;
  if (content !== undefined) {
    assertContentFolder("--content", content);
  }
  const folder = join(projectRoot, "service");
  const script = at(readJson(join(folder, "package.json")), "scripts", "dev");
  if (typeof script !== "string") {
    throw new UserError("dev: service/package.json has no script dev.");
  }
  const shown = content ?? stackConfig(devStack).content;
  const other = isOwn(shown) ? [resolve(projectRoot, shown)] : [];
  return runAttached("sh", ["-c", `exec ${script} "$@"`, "sh", ...other], {
    cwd: folder,
    env: { PATH: [join(folder, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter) },
  });
}

export default dev;
