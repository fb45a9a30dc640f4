import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The style sheet, inlined into every page. build.ts replaces this module by the minified style sheet. */
export const styleSheet = readFileSync(join(import.meta.dirname, "..", "..", "assets", "style.css"), "utf8");
