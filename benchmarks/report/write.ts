import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { screenshot } from "../../toolchain/lib/screenshot.ts";
import type { BenchResult } from "../result.ts";
import { reportPage, summaryPicture } from "./html.ts";

/**
 * Writes a result as JSON, as a page, and as a picture where there is a browser.
 * @returns a line for each file, and for what was left out
 */
export async function writeReport(
  result: BenchResult,
  loadBy: string,
  folder: string,
  chromium: string | undefined,
): Promise<string[]> {
  const [json, html, png] = ["result.json", "report.html", "summary.png"].map((name) => join(folder, name));
  if (json === undefined || html === undefined || png === undefined) return [];
  mkdirSync(folder, { recursive: true });
  writeFileSync(json, `${JSON.stringify(result)}\n`);
  writeFileSync(html, reportPage(result, loadBy));
  if (chromium === undefined) return [json, html, "no picture, as this machine has no Chromium"];
  await screenshot(chromium, summaryPicture(result, loadBy), png);
  return [json, html, png];
}
