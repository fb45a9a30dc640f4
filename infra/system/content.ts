import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";

/**
 * The faults of the service's content, a line each: `service/content/resume.json:basics.name: is missing.` The service
 * itself checks, in a process of its own: its image's build does the same.
 *
 * @param folder the project's
 * @throws {UserError} when the check can't run
 */
export async function contentFaults(folder: string): Promise<string[]> {
  const { code, stdout, stderr } = await run(process.execPath, [join(folder, "service/check-content.ts")]);
  const faults = stdout.split("\n").filter((line) => line !== "");
  if (stderr.includes("ERR_MODULE_NOT_FOUND")) {
    throw new UserError("The content can't be checked, because packages are not installed. Run `npm install`.");
  }
  if (code !== 0 && faults.length === 0) {
    throw new UserError(`The content can't be checked:\n${stderr.trim()}`);
  }
  return faults.map((fault) => `service/${fault}`);
}

/** @throws {UserError} with all faults of the service's content, a line each */
export async function assertContent(): Promise<void> {
  const faults = await contentFaults(projectRoot);
  if (faults.length > 0) {
    const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
    throw new UserError(`The content has ${count}, nothing was changed:\n${faults.join("\n")}`);
  }
}
