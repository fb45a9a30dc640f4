import { mkdtemp } from "node:fs/promises";
import { pinnedImages } from "../../lib/images.ts";
import { inCache } from "../../lib/paths.ts";
import { mustRun } from "../../lib/run.ts";
import { which } from "../../lib/which.ts";
import { DebianPackages, release } from "./debian.ts";
import { makeable, pinnedImageVersion, upstreamVersion } from "./make.ts";
import { nodePackage, npmVersion } from "./recipes.ts";

type Row = { what: string; pinned: string; newest: string };

async function npmNewest(name: string): Promise<string> {
  return (await mustRun("npm", ["view", name, "version"])).trim();
}

/** Compares the programs in the images with the newest ones of npm and Debian. */
export async function outdatedImages(): Promise<Row[]> {
  const pinnedNode = pinnedImageVersion(pinnedImages.node);
  const rows: Row[] = [
    { what: "image: node", pinned: pinnedNode, newest: await npmNewest(nodePackage()) },
    { what: "image: node's npm", pinned: npmVersion, newest: await npmNewest("npm") },
  ];
  if (!which("apt-get")) {
    return rows;
  }
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
}
