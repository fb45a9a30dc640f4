import { type Browser, chromium } from "playwright-core";

/** A name for this machine that browsers don't know as such: plain HTTP to it is as to any other machine. */
export const OTHER_MACHINE = "other-machine.test";

/**
 * The machine's Chromium: RESUME_TEST_CHROMIUM, or where Debian puts it. Fails where there is none.
 * It runs in a sandbox of its own unless this process is root, whom Chromium's sandbox refuses.
 */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.RESUME_TEST_CHROMIUM || "/usr/bin/chromium";
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: [`--host-resolver-rules=MAP ${OTHER_MACHINE} 127.0.0.1`],
  });
}
