import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { factsOf } from "../config/keys.ts";

/** What the check of the content finds, a line each: `service/content/resume.json:basics.name: is missing.` */
export interface ContentFindings {
  /** Nothing is built with these. */
  faults: string[];
  warnings: string[];
}

/** The folder that is published without `resume:content`. */
export const usualContent = factsOf("content").default;

const warningMark = "warning: ";

/**
 * Checks a folder of content. The service itself does, in a process of its own: its image's build does the same.
 *
 * @param content absolute, or relative to the project's folder
 * @param project the project's folder
 * @throws {UserError} when the check can't run
 */
export async function checkContent(content: string, project = projectRoot): Promise<ContentFindings> {
  const program = join(project, "service/check-content.ts");
  const { code, stdout, stderr } = await run(process.execPath, [program, content], { cwd: project });
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (stderr.includes("ERR_MODULE_NOT_FOUND")) {
    throw new UserError("The content can't be checked, because packages are not installed. Run `npm install`.");
  }
  const isWarning = (line: string) => line.startsWith(warningMark);
  const faults = lines.filter((line) => !isWarning(line));
  if (code !== 0 && faults.length === 0) {
    throw new UserError(`The content can't be checked:\n${stderr.trim()}`);
  }
  return { faults, warnings: lines.filter(isWarning).map((line) => line.slice(warningMark.length)) };
}

/**
 * @param content the value of `resume:content`
 * @returns the warnings about the content, a line each
 * @throws {UserError} when there is no such folder, or with all faults of the content, a line each
 */
export async function assertContent(content: string): Promise<string[]> {
  if (isOwn(content)) {
    assertContentFolder("resume:content", content);
  }
  const { faults, warnings } = await checkContent(content);
  if (faults.length > 0) {
    const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
    throw new UserError(`The content has ${count}, nothing was changed:\n${faults.join("\n")}`);
  }
  return warnings;
}

/**
 * @param what what names the folder
 * @throws {UserError} when there is no such folder, or no resume.json in it
 */
export function assertContentFolder(what: string, folder: string): void {
  if (!existsSync(join(resolve(projectRoot, folder), "resume.json"))) {
    throw new UserError(`${what} is "${folder}"; allowed: ${factsOf("content").allowed}.`);
  }
}

/** Whether a folder is another one than the service's own. */
export function isOwn(content: string): boolean {
  return relative(resolve(projectRoot, usualContent), resolve(projectRoot, content)) !== "";
}
