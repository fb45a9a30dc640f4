import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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

/** axe-core's violations, one line each. It is run by the browser's debugger, which the page's policy does not bind. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ["violations", "incomplete"] }).then(({ violations }) =>
      violations.map(({ id, help, nodes }) => id + ": " + help + " " + nodes.map(({ html }) => html).join(" ")))`,
  );
  assert.ok(Array.isArray(found));
  return found.map(String);
}
