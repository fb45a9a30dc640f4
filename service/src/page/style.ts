import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The pages' style sheet, which every page holds. The bundle has it minified in this module's place (build.ts). */
export const STYLE = readFileSync(join(import.meta.dirname, "..", "..", "assets", "style.css"), "utf8");
