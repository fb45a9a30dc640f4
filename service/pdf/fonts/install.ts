/** Installs the large fonts that are named by lines of a file: `node install.ts FILE`. */
import { readFileSync } from "node:fs";
import { installLargeFont, isLargeFont } from "./large.ts";

for (const name of readFileSync(process.argv[2] ?? "", "utf8")
  .split("\n")
  .filter(isLargeFont)) {
  installLargeFont(name);
}
