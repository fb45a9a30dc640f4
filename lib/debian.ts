import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { mustRun, run } from "./run.ts";
import { UserError } from "./user-error.ts";
import { which } from "./which.ts";

const environment = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Updates apt's package lists, unless they have the package. */
async function ensureListed(name: string): Promise<void> {
  const known = await run("apt-cache", ["show", name], { env: environment });
  if (known.code === 0 && known.stdout.includes(`Package: ${name}`)) {
    return;
  }
  if (!isRoot()) {
    throw new UserError(`apt knows no package ${name}. Run \`apt-get update\` as root.`);
  }
  await mustRun("apt-get", ["update", "-q"], { env: environment });
}

/** Installs packages with apt, as root. Their services are not started. */
export async function installPackages(names: string[]): Promise<void> {
  for (const name of names) {
    await ensureListed(name);
  }
  // Debian's packages ask this script before they start a service. Exit code 101 forbids it.
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

/** Downloads a package of this machine's release and unpacks it into a folder. apt verifies it; nothing is installed. */
export async function unpackPackage(name: string, folder: string): Promise<void> {
  if (!which("apt-get") || !which("dpkg-deb")) {
    throw new UserError(`${name} is needed, and this machine has no apt: install it.`);
  }
  await ensureListed(name);
  await mustRun("apt-get", ["download", "-q", name], { cwd: folder, env: environment });
  await mustRun("sh", ["-c", "dpkg-deb --extract ./*.deb . && rm ./*.deb"], { cwd: folder });
}
