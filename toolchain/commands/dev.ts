import { delimiter, join } from "node:path";
import { at } from "../../lib/at.ts";
import { readJson } from "../../lib/json-file.ts";
import { projectRoot } from "../../lib/paths.ts";
import { runAttached } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { refuseArguments } from "../lib/arguments.ts";

/**
 * `npm run dev`: the service alone, restarted when a file changes. It runs the service's own `dev` script, without npm
 * and without a shell that stays: neither forwards signals.
 */
async function dev(args: string[]): Promise<number> {
  refuseArguments("dev", args);
  const folder = join(projectRoot, "service");
  const script = at(readJson(join(folder, "package.json")), "scripts", "dev");
  if (typeof script !== "string") {
    throw new UserError("dev: service/package.json has no script dev.");
  }
  return runAttached("sh", ["-c", `exec ${script}`], {
    cwd: folder,
    env: { PATH: [join(folder, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter) },
  });
}

export default dev;
