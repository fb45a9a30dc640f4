import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { runAttached } from "../../lib/run.ts";
import { findChromium } from "../tools/chromium.ts";

/** `npm run screenshots`: pictures of each page, light and dark, made with the service alone. */
async function screenshots(args: string[]): Promise<number> {
  return runAttached(process.execPath, ["screenshots.ts", ...args], {
    cwd: join(projectRoot, "service"),
    env: { RESUME_TEST_CHROMIUM: await findChromium() },
  });
}

export default screenshots;
