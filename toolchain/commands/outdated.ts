import { join } from "node:path";
import { projectRoot } from "../../lib/paths.ts";
import { run } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { outdatedImages } from "../offline.ts";

type Row = { what: string; pinned: string; newest: string };

function field(value: unknown, name: string): string {
  const found =
    typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
  return typeof found === "string" ? found : "";
}

/** What npm knows newer versions of, of a package.json's dependencies. */
async function npmRows(folder: string, name: string): Promise<Row[]> {
  // npm's exit code is 1 when something is outdated.
  const said = await run("npm", ["outdated", "--json"], { cwd: folder });
  const entries: unknown = JSON.parse(said.stdout || "{}");
  if (field(entries, "error") || said.code > 1) {
    throw new UserError(`npm outdated failed:\n${said.stderr}`);
  }
  return Object.entries(Object(entries)).map(([key, entry]) => ({
    what: `${name}: ${key}`,
    pinned: field(entry, "current") || field(entry, "wanted"),
    newest: field(entry, "latest"),
  }));
}

/** `npm run outdated`: the pinned versions that have newer ones. */
async function outdated(): Promise<number> {
  const rows = [
    ...(await npmRows(projectRoot, "project")),
    ...(await npmRows(join(projectRoot, "service"), "service")),
    ...(await outdatedImages().catch((error: unknown) => {
      throw new UserError(`outdated: the images' versions can't be told (${messageOf(error)})`);
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
    "Grafana's image is not looked up: no package registry has it. Go modules are not either: the CLI's is pinned in offline/pulumi-cli/go.mod.\n",
  );
  return 0;
}

export default outdated;
