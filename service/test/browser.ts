import { type Browser, chromium } from "playwright-core";

/**
 * The machine's Chromium: RESUME_TEST_CHROMIUM, or where Debian puts it. Fails where there is none.
 * It runs in a sandbox of its own unless this process is root, whom Chromium's sandbox refuses.
 */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.RESUME_TEST_CHROMIUM || "/usr/bin/chromium";
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}
