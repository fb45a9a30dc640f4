import { existsSync } from "node:fs";
import { installPackages, isRoot } from "../../lib/debian.ts";
import { say, withProgress } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";

/** Names on PATH. */
const programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/** Default paths on macOS. */
const paths = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** This machine's Chromium or Chrome, if it has one. */
export function chromiumIfAny(): string | undefined {
  return programs.map((name) => which(name)).find((path) => path !== undefined) ?? paths.find(existsSync);
}

/** Finds a Chromium, or installs Debian's. Only tests and pictures need it. @throws {UserError} when it can do neither */
export async function findChromium(): Promise<string> {
  const found = chromiumIfAny();
  if (found) {
    say("browser", `found at ${found}`);
    return found;
  }
  if (!which("apt-get") || !isRoot()) {
    throw new UserError("browser: tests and pictures need Chromium or Chrome. Install one and run this again.");
  }
  await withProgress("browser", "installing Debian's chromium", () => installPackages(["chromium"]));
  const installed = chromiumIfAny();
  if (!installed) {
    throw new UserError("browser: Debian's chromium was installed, but there is no chromium on PATH.");
  }
  say("browser", `Debian's chromium installed at ${installed}`);
  return installed;
}
