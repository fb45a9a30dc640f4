import { join } from "node:path";
import { projectRoot } from "../lib/paths.ts";
import { runAttached } from "../lib/run.ts";

/** `npm run dev`: the service alone, restarted when a file changes. */
const dev = (args: string[]): Promise<number> =>
  runAttached("npm", ["run", "dev", ...(args.length > 0 ? ["--", ...args] : [])], {
    cwd: join(projectRoot, "service"),
  });

export default dev;
