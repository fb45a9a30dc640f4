import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { mustRun, run } from "./run.ts";
import { UserError } from "./user-error.ts";
import { which } from "./which.ts";

const environment = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Reads the machine's package lists when they don't know the package. */
async function knowPackage(name: string): Promise<void> {
  const known = await run("apt-cache", ["show", name], { env: environment });
  if (known.code === 0 && known.stdout.includes(`Package: ${name}`)) {
    return;
  }
  if (!isRoot()) {
    throw new UserError(`apt knows no package ${name}. Run \`apt-get update\` as root.`);
  }
  await mustRun("apt-get", ["update", "-q"], { env: environment });
}

/** Installs packages with apt as root, without starting a service that they bring. */
export async function installPackages(names: string[]): Promise<void> {
  for (const name of names) {
    await knowPackage(name);
  }
  // Debian's own switch: exit code 101 tells the packages' scripts not to start anything.
  const policy = "/usr/sbin/policy-rc.d";
  const forbid = !existsSync(policy);
  if (forbid) {
    await writeFile(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  }
  try {
    await mustRun("apt-get", ["install", "-q", "--yes", "--no-install-recommends", ...names], { env: environment });
  } finally {
    if (forbid) {
      await rm(policy, { force: true });
    }
  }
}

/** Downloads a package of this machine's release (apt verifies it) and unpacks it into a folder; nothing is installed. */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  if (!which("apt-get") || !which("dpkg-deb")) {
    throw new UserError(`${name} is needed, and this machine has no apt: install it.`);
  }
  await knowPackage(name);
  await mustRun("apt-get", ["download", "-q", name], { cwd: folder, env: environment });
  await mustRun("sh", ["-c", "dpkg-deb --extract ./*.deb . && rm ./*.deb"], { cwd: folder });
}
