import { checkAll, close } from "../lib/checks.ts";

/** `npm run check`: types, lint, format and the tests that need no Docker; ends with `N passed, N failed`. */
async function check(): Promise<number> {
  return close(await checkAll());
}

export default check;
