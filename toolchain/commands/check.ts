import { checkAll, close } from "../lib/checks.ts";

/** `npm run check`: types, lint, format and the tests that need no Docker; ends with `N passed, N failed`. */
const check = async (): Promise<number> => close(await checkAll());

export default check;
