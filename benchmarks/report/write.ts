import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { screenshot } from "../../lib/screenshot.ts";
import { messageOf } from "../../lib/user-error.ts";
import type { BenchResult } from "../result.ts";
import { reportPage } from "./html.ts";
import { chartsPicture, summaryPicture } from "./pictures.ts";

/** Writes the result as JSON; what was there stays whole until the new one is. @throws Error where the folder can't be written to */
export function writeResult(result: BenchResult, folder: string): void {
  const file = join(folder, "result.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(result)}\n`);
  renameSync(`${file}.new`, file);
}

/** Writes the report beside the result. @returns both files */
export function writeReport(result: BenchResult, folder: string): string[] {
  const html = join(folder, "report.html");
  writeFileSync(html, reportPage(result));
  return [join(folder, "result.json"), html];
}

/** Makes pictures where there is a browser. One that fails is told of: the result is there without it. @returns a line for each */
export async function writePictures(
  result: BenchResult,
  folder: string,
  chromium: string | undefined,
): Promise<string[]> {
  if (chromium === undefined) return ["no pictures, as this machine has no Chromium"];
  const lines: string[] = [];
  for (const [name, picture] of Object.entries({ summary: summaryPicture, charts: chartsPicture })) {
    const file = join(folder, `${name}.png`);
    try {
      await screenshot(chromium, picture(result), file);
      lines.push(file);
    } catch (error) {
      lines.push(`no ${name}.png: ${messageOf(error)}`);
    }
  }
  return lines;
}
