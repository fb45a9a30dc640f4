import { refuseArguments } from "../lib/arguments.ts";
import { checkAll, printTotal } from "../lib/checks.ts";

/** `npm run check`: types, lint, format and the tests that need no Docker. Ends with `N passed, N failed`. */
async function check(args: string[]): Promise<number> {
  refuseArguments("check", args);
  return printTotal(await checkAll());
}

export default check;
