import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { pinnedImages } from "../../lib/images.ts";
import { DebianPackages, release } from "../../offline/images/debian.ts";
import { makeable, pinnedImageVersion, upstreamVersion } from "../../offline/images/make.ts";
import { nodePackage, npmVersion } from "../../offline/images/recipes.ts";
import { inCache, projectRoot } from "../../lib/paths.ts";
import { mustRun, run } from "../../lib/run.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";

type Row = { what: string; pinned: string; newest: string };

const field = (value: unknown, name: string): string => {
  const found =
    typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;
  return typeof found === "string" ? found : "";
};

/** What npm knows newer versions of, of a package.json's dependencies. */
const npmRows = async (folder: string, name: string): Promise<Row[]> => {
  // npm's exit code is 1 when something is outdated.
  const said = await run("npm", ["outdated", "--json"], { cwd: folder });
  const entries: unknown = JSON.parse(said.stdout || "{}");
  if (field(entries, "error") || said.code > 1) throw new UserError(`npm outdated failed:\n${said.stderr}`);
  return Object.entries(Object(entries)).map(([key, entry]) => ({
    what: `${name}: ${key}`,
    pinned: field(entry, "current") || field(entry, "wanted"),
    newest: field(entry, "latest"),
  }));
};

const npmNewest = async (name: string): Promise<string> => (await mustRun("npm", ["view", name, "version"])).trim();

/** The programs in the images, against npm's and Debian's newest of them. */
const imageRows = async (): Promise<Row[]> => {
  const pinnedNode = pinnedImageVersion(pinnedImages.node);
  const rows: Row[] = [
    { what: "image: node", pinned: pinnedNode, newest: await npmNewest(nodePackage()) },
    { what: "image: node's npm", pinned: npmVersion, newest: await npmNewest("npm") },
  ];
  if (!which("apt-get")) return rows;
  const debian = await DebianPackages.open(await mkdtemp(inCache("outdated-")));
  try {
    for (const { name, reference, recipe } of makeable().filter((image) => !image.recipe.npm)) {
      const found = (await debian.resolve(recipe.packages)).find((entry) => entry.name === recipe.packages[0]);
      rows.push({
        what: `image: ${name} (Debian ${release})`,
        pinned: pinnedImageVersion(reference),
        newest: upstreamVersion(found?.version ?? ""),
      });
    }
  } finally {
    await debian.forget();
  }
  return rows;
};

/** `npm run outdated`: the pinned versions that have newer ones. */
const outdated = async (): Promise<number> => {
  const rows = [
    ...(await npmRows(projectRoot, "project")),
    ...(await npmRows(join(projectRoot, "service"), "service")),
    ...(await imageRows().catch((error: unknown) => {
      throw new UserError(`outdated: the images' versions can't be told (${messageOf(error)})`);
    })),
  ].filter(({ pinned, newest }) => newest && pinned !== newest);
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  for (const { what, pinned, newest } of rows) process.stdout.write(`${what.padEnd(width)}  ${pinned} -> ${newest}\n`);
  if (rows.length === 0) process.stdout.write("Nothing is outdated.\n");
  process.stdout.write(
    "Grafana's image is not looked up: no package registry has it. Go modules are not either: the CLI's is pinned in offline/pulumi-cli/go.mod.\n",
  );
  return 0;
};

export default outdated;
