import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";

/** What the check of the content finds, a line each: `service/content/resume.json:basics.name: is missing.` */
export interface ContentFindings {
  /** Nothing is built with these. */
  faults: string[];
  warnings: string[];
}

const warningMark = "warning: ";

/**
 * Checks the service's content. The service itself does, in a process of its own: its image's build does the same.
 *
 * @param folder the project's
 * @throws {UserError} when the check can't run
 */
export async function checkContent(folder: string): Promise<ContentFindings> {
  const { code, stdout, stderr } = await run(process.execPath, [join(folder, "service/check-content.ts")]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  if (stderr.includes("ERR_MODULE_NOT_FOUND")) {
    throw new UserError("The content can't be checked, because packages are not installed. Run `npm install`.");
  }
  const isWarning = (line: string) => line.startsWith(warningMark);
  const faults = lines.filter((line) => !isWarning(line)).map((line) => `service/${line}`);
  if (code !== 0 && faults.length === 0) {
    throw new UserError(`The content can't be checked:\n${stderr.trim()}`);
  }
  return { faults, warnings: lines.filter(isWarning).map((line) => `service/${line.slice(warningMark.length)}`) };
}

/**
 * @returns the warnings about the service's content, a line each
 * @throws {UserError} with all faults of the content, a line each
 */
export async function assertContent(): Promise<string[]> {
  const { faults, warnings } = await checkContent(projectRoot);
  if (faults.length > 0) {
    const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
    throw new UserError(`The content has ${count}, nothing was changed:\n${faults.join("\n")}`);
  }
  return warnings;
}
