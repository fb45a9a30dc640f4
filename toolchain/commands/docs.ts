import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { say } from "../../lib/report.ts";
import { refuseArguments } from "../lib/arguments.ts";
import { generatedPages, renderPage } from "../lib/generated-pages.ts";

/** `npm run docs`: renews the tables in docs/ that are generated from code. A unit test fails when they are stale. */
async function docs(args: string[]): Promise<number> {
  refuseArguments("docs", args);
  for (const page of generatedPages) {
    const { current, renewed } = renderPage(page);
    if (renewed !== current) {
      writeFileSync(join(projectRoot, page.path), renewed);
    }
    say("docs", `${page.path} ${renewed === current ? "is up to date" : "renewed"}`);
  }
  return 0;
}

export default docs;
