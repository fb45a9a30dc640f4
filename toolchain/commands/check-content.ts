import { assertContentFolder, checkContent } from "../../infra/system/content.ts";
import { say } from "../../lib/report.ts";
import { UserError } from "../../lib/user-error.ts";
import { parseArguments } from "../lib/arguments.ts";
import { devStack, stackConfig } from "../lib/stack-config.ts";

const usage = "npm run check:content -- [DIR]";

/**
 * `npm run check:content [-- DIR]`: the faults and warnings of a folder of content, else of what the dev stack publishes, a
 * line each.
 * @returns 1 where there are faults
 */
async function check(args: string[]): Promise<number> {
  const { positionals } = parseArguments(usage, { args, allowPositionals: true });
  const [folder, ...others] = positionals;
  if (others.length > 0) {
    throw new UserError(`The folders are "${positionals.join(" ")}"; allowed: one folder. Usage: ${usage}`);
  }
  const content = folder === undefined ? stackConfig(devStack).content : folder;
  if (folder !== undefined) {
    assertContentFolder("DIR", folder);
  }
  const { faults, warnings } = await checkContent(content);
  for (const line of [...faults.map((fault) => `fault: ${fault}`), ...warnings.map((text) => `warning: ${text}`)]) {
    console.log(line);
  }
  say("content", `${count(faults, "fault")}, ${count(warnings, "warning")}`);
  return faults.length === 0 ? 0 : 1;
}

function count({ length }: readonly string[], what: string): string {
  return length === 1 ? `1 ${what}` : `${length} ${what}s`;
}

export default check;
