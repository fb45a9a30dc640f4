import { checkContent } from "../../infra/system/content.ts";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { refuseArguments } from "../lib/arguments.ts";

/** `npm run check:content`: the faults and warnings of the content, a line each. @returns 1 where there are faults */
async function check(args: string[]): Promise<number> {
  refuseArguments("check:content", args);
  const { faults, warnings } = await checkContent(projectRoot);
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
