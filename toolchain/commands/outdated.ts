import { join } from "node:path";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { refuseArguments } from "../lib/arguments.ts";
import { outdatedImages } from "../offline.ts";

type Row = { what: string; pinned: string; newest: string };

/** The outdated dependencies of a folder's package.json. @param name what the rows call the folder */
async function npmRows(folder: string, name: string): Promise<Row[]> {
  // npm exits with 1 when something is outdated.
  const { code, stdout, stderr } = await run("npm", ["outdated", "--json"], { cwd: folder });
  const entries: unknown = JSON.parse(stdout || "{}");
  if (code > 1 || at(entries, "error") !== undefined) {
    throw new UserError(`npm outdated failed:\n${stderr}`);
  }
  return Object.entries(Object(entries)).map(([key, entry]) => ({
    what: `${name}: ${key}`,
    pinned: String(at(entry, "current") ?? at(entry, "wanted") ?? ""),
    newest: String(at(entry, "latest") ?? ""),
  }));
}

/** `npm run outdated`: the pinned versions that have newer ones. */
async function outdated(args: string[]): Promise<number> {
  refuseArguments("outdated", args);
  const rows = [
    ...(await npmRows(projectRoot, "project")),
    ...(await npmRows(join(projectRoot, "service"), "service")),
    ...(await outdatedImages().catch((error: unknown) => {
      throw new UserError(`outdated: the images' versions can't be looked up (${messageOf(error)})`);
    })),
  ].filter(({ pinned, newest }) => newest && pinned !== newest);
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  for (const { what, pinned, newest } of rows) {
    process.stdout.write(`${what.padEnd(width)}  ${pinned} -> ${newest}\n`);
  }
  if (rows.length === 0) {
    process.stdout.write("Nothing is outdated.\n");
  }
  process.stdout.write(
    "Not looked up: Grafana's image, which no package registry has, and Go modules. The CLI's is pinned in offline/pulumi-cli/go.mod.\n",
  );
  return 0;
}

export default outdated;
