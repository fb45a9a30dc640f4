import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isRoot } from "./debian.ts";
import { mustRun } from "./run.ts";

/** A self-contained page, and the size of the browser window in pixels. */
export interface Page {
  html: string;
  width: number;
  height: number;
}

/** Takes a screenshot of a page as PNG. @param chromium the browser's program @throws {UserError} when the browser fails */
export async function screenshot(chromium: string, { html, width, height }: Page, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "resume-picture-"));
  try {
    const page = join(folder, "page.html");
    writeFileSync(page, html);
    await mustRun(
      chromium,
      [
        "--headless",
        "--disable-gpu",
        "--hide-scrollbars",
        // Chromium's sandbox does not work as root. The page is ours and loads nothing.
        ...(isRoot() ? ["--no-sandbox"] : []),
        `--user-data-dir=${join(folder, "profile")}`,
        `--window-size=${width},${height}`,
        `--screenshot=${resolve(file)}`,
        pathToFileURL(page).href,
      ],
      { timeoutMs: 60_000 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
