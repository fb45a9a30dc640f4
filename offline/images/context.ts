import { chmod, copyFile, mkdir, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun } from "../../lib/run.ts";
import type { DebianPackages, Package } from "./debian.ts";
import type { Recipe } from "./recipes.ts";

/** The label of an image that was made here. Its value is the version of the image's program. */
export const madeLabel = "org.opencontainers.image.version";

/** The machine's own certificate authorities, so that an image trusts what the machine trusts. */
const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** Links every applet of busybox for which the folder has no program. */
async function linkApplets(bin: string): Promise<void> {
  const applets = (await mustRun(join(bin, "busybox"), ["--list"])).split("\n").filter(Boolean);
  const there = new Set(await readdir(bin));
  for (const applet of applets) {
    if (!there.has(applet)) {
      await symlink("busybox", join(bin, applet));
    }
  }
}

/** Writes the files of every root file system: users, certificates, a writable /tmp. */
async function writeBasics(root: string, user?: Recipe["user"]): Promise<void> {
  await mkdir(join(root, "etc/ssl/certs"), { recursive: true });
  const users = ["root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65534:nobody:/:/bin/false"];
  const groups = ["root:x:0:", "nogroup:x:65534:"];
  if (user) {
    users.push(`${user.name}:x:${user.uid}:${user.gid}:${user.name}:/:/bin/false`);
    groups.push(`${user.name}:x:${user.gid}:`);
  }
  await writeFile(join(root, "etc/passwd"), `${users.join("\n")}\n`);
  await writeFile(join(root, "etc/group"), `${groups.join("\n")}\n`);
  await copyFile(certificates, join(root, certificates));
  for (const folder of ["tmp", "var/tmp"]) {
    await mkdir(join(root, folder), { recursive: true });
    await chmod(join(root, folder), 0o1777);
  }
}

/** Fills `context` for the layer that the images from "libc" share. */
export async function sharedContext(context: string, debian: DebianPackages, packages: Package[]): Promise<void> {
  const root = join(context, "root");
  await debian.unpack(packages, root);
  await linkApplets(join(root, "usr/bin"));
  await writeBasics(root);
  await writeFile(join(context, "Dockerfile"), "FROM scratch\nCOPY root/ /\n");
}

/** Fills `context` (a Dockerfile, root/, owned-N/) for one image. `base` is the reference of the shared layer. */
export async function imageContext(
  context: string,
  recipe: Recipe,
  debian: DebianPackages,
  packages: Package[],
  base: string,
  version: string,
): Promise<void> {
  const root = join(context, "root");
  await debian.unpack(packages, root);
  if (recipe.from === "nothing") {
    await rename(join(root, "usr/bin"), join(root, "bin"));
    await linkApplets(join(root, "bin"));
    await rm(join(root, "usr"), { recursive: true });
  }
  if (recipe.from === "nothing" || recipe.user) {
    await writeBasics(root, recipe.user);
  }
  if (recipe.npm) {
    await installNpm(root, recipe.npm);
  }
  for (const [from, to] of Object.entries(recipe.moves ?? {})) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await rename(join(root, from), join(root, to));
  }
  for (const path of recipe.without ?? []) {
    await rm(join(root, path), { recursive: true, force: true });
  }
  for (const [path, target] of Object.entries(recipe.links ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  const lines = [`FROM ${recipe.from === "libc" ? base : "scratch"}`, "COPY root/ /"];
  for (const owner of new Set(Object.values(recipe.folders ?? {}))) {
    const name = `owned-${owner.replace(":", "-")}`;
    for (const [path, itsOwner] of Object.entries(recipe.folders ?? {})) {
      if (itsOwner === owner) {
        await mkdir(join(context, name, path), { recursive: true });
      }
    }
    lines.push(`COPY --chown=${owner} ${name}/ /`);
  }
  lines.push(`LABEL ${madeLabel}="${version}"`, ...recipe.settings);
  await writeFile(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
}

/** Puts npm packages under usr/local, and tells npm to trust the image's certificate authorities. */
async function installNpm(root: string, packages: string[]): Promise<void> {
  const prefix = join(root, "usr/local");
  await mkdir(join(prefix, "lib"), { recursive: true });
  await mkdir(join(prefix, "etc"), { recursive: true });
  const args = [
    "install",
    "--ignore-scripts",
    "--loglevel=error",
    "--no-package-lock",
    "--no-save",
    "--install-strategy=nested",
    "--no-bin-links",
  ];
  await mustRun("npm", [...args, "--prefix", join(prefix, "lib"), ...packages]);
  await writeFile(join(prefix, "etc/npmrc"), `cafile=${certificates}\n`);
}
