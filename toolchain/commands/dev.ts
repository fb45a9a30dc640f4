import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { runAttached } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";

const folder = join(projectRoot, "service");

/** The line of the service's own `dev` script. */
function devScript(): string {
  const script = at(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), "scripts", "dev");
  if (typeof script !== "string") {
    throw new UserError("dev: service/package.json has no script dev.");
  }
  return script;
}

/**
 * `npm run dev`: the service alone, restarted when a file changes. The script is run without npm and without a shell
 * in between, because neither passes a signal on.
 */
function dev(args: string[]): Promise<number> {
  return runAttached("sh", ["-c", `exec ${devScript()} "$@"`, "sh", ...args], {
    cwd: folder,
    env: { PATH: [join(folder, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter) },
  });
}

export default dev;
