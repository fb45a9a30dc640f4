import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { runAttached } from "../../lib/run.ts";
import { refuseArguments } from "../lib/arguments.ts";
import { findChromium } from "../tools/chromium.ts";

/** `npm run screenshots`: pictures of each page, light and dark, made with the service alone. */
async function screenshots(args: string[]): Promise<number> {
  refuseArguments("screenshots", args);
  return runAttached(process.execPath, ["screenshots.ts"], {
    cwd: join(projectRoot, "service"),
    env: { RESUME_TEST_CHROMIUM: await findChromium() },
  });
}

export default screenshots;
