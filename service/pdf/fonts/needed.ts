/** Prints the large fonts that content/ needs, a line each: by this list the image's build knows a layer that has them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { largeFonts } from "./large.ts";

const content = join(import.meta.dirname, "../../content");
const needed = globSync("*.json", { cwd: content }).flatMap((file) => {
  const text = readFileSync(join(content, file), "utf8");
  return largeFonts(unescaped(text), /"language"\s*:\s*"(ja|zh)\b/.exec(text)?.[1]);
});
console.log([...new Set(needed)].sort().join("\n"));

/** JSON may have characters as "\u65e5". */
function unescaped(text: string): string {
  return text.replace(/\\u([\da-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
