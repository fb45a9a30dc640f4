import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";

/**
 * The Debian release that the made images are taken from. It is newer than what most machines run, because nginx
 * re-resolves names inside an upstream only since 1.27.3.
 */
export const release = "forky";

/** A package as apt has resolved it. */
export type Package = { name: string; version: string; file: string };

/**
 * Packages that are needed to install a package on a whole system, but not to run its program in a container. apt is
 * told that they are there already.
 */
const notNeeded = [
  "adduser",
  "base-passwd",
  "debconf",
  "init-system-helpers",
  "mawk",
  "openssl-provider-legacy",
  "passwd",
];
/** Packages that apt must see in their real version. No program in the images reads their files. */
const leftOut = /^(gcc-\d+-base|libc-gconv-modules-extra)$/;
const provides: Record<string, string> = { debconf: "debconf-2.0", mawk: "awk" };

function statusEntry(name: string, version: string, architecture = "all"): string {
  return [
    `Package: ${name}`,
    "Status: install ok installed",
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    "Multi-Arch: foreign",
    "Maintainer: none",
    ...(provides[name] ? [`Provides: ${provides[name]}`] : []),
    "Description: taken as installed",
    "",
    "",
  ].join("\n");
}

/** Where this machine's apt finds Debian. undefined when the machine is not a Debian. */
async function mirror(): Promise<string | undefined> {
  const targets = await run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(ORIGIN) $(RELEASE)",
    "Created-By: Packages",
  ]);
  for (const line of targets.stdout.split("\n")) {
    const [uri, origin, name] = line.split(" ");
    if (uri && origin === "Debian" && name && !name.includes("-")) {
      return uri;
    }
  }
  return undefined;
}

/** Debian's packages of `release`, read with an apt that has its own folder and leaves the machine's own state alone. */
export class DebianPackages {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Reads the package lists into the folder.
   * @throws {UserError} when this machine's apt knows no Debian mirror, or it can't be reached.
   */
  static async open(folder: string): Promise<DebianPackages> {
    const address = await mirror();
    if (!address) {
      throw new UserError(
        "The images can be made only on a Debian whose apt has its package lists: run `apt-get update`.",
      );
    }
    for (const part of ["state/lists/partial", "cache/archives/partial"]) {
      await mkdir(join(folder, part), { recursive: true });
    }
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    await writeFile(join(folder, "sources.list"), `deb [signed-by=${keyring}] ${address} ${release} main\n`);
    const settings = {
      "Dir::Etc::sourcelist": join(folder, "sources.list"),
      "Dir::Etc::sourceparts": "/dev/null",
      "Dir::Etc::preferences": "/dev/null",
      "Dir::Etc::preferencesparts": "/dev/null",
      "Dir::State": join(folder, "state"),
      "Dir::State::status": join(folder, "status"),
      "Dir::Cache": join(folder, "cache"),
      // A release in the making may be read from a mirror that is some days behind; signatures are verified all the same.
      "Acquire::Check-Valid-Until": "false",
      "Acquire::Languages": "none",
      "APT::Install-Recommends": "false",
      "APT::Sandbox::User": "root",
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
    await writeFile(join(folder, "apt.conf"), lines.join(""));
    await writeFile(join(folder, "status"), "");
    const packages = new DebianPackages(folder);
    await packages.#apt(["update", "--error-on=any"]);
    return packages;
  }

  #apt(args: string[], cwd?: string): Promise<string> {
    return mustRun("apt-get", ["-q", ...args], {
      env: { APT_CONFIG: join(this.#folder, "apt.conf"), DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      ...(cwd ? { cwd } : {}),
    });
  }

  /** The dependencies of these packages that are not installed yet. */
  async resolve(names: string[], present: Package[] = []): Promise<Package[]> {
    const status = [
      ...notNeeded.map((name) => statusEntry(name, "9999")),
      ...present.map(({ name, version, file }) =>
        statusEntry(name, version, /_([^_]+)\.deb$/.exec(file)?.[1] ?? "all").replace("Multi-Arch: foreign\n", ""),
      ),
    ];
    await writeFile(join(this.#folder, "status"), status.join(""));
    const known = new Set(present.map(({ name }) => name));
    const lines = (await this.#apt(["install", "--yes", "--print-uris", ...names])).split("\n");
    return lines.flatMap((line) => {
      const file = /^'[^']+' (\S+\.deb) \d+/.exec(line)?.[1];
      const [, name, version] = /^([^_]+)_([^_]+)_/.exec(file ?? "") ?? [];
      return file && name && version && !leftOut.test(name) && !known.has(name)
        ? [{ name, version: decodeURIComponent(version), file }]
        : [];
    });
  }

  /** Deletes the lists and downloads: they are of no use once the images are made. */
  forget(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  /** Downloads the packages (apt verifies them) and unpacks them into a folder, without documentation and locales. */
  async unpack(packages: Package[], root: string): Promise<void> {
    const downloads = join(this.#folder, "debs");
    await mkdir(downloads, { recursive: true });
    await mkdir(root, { recursive: true });
    const there = new Set(await readdir(downloads));
    const missing = packages.filter(({ file }) => !there.has(file));
    if (missing.length > 0) {
      await this.#apt(["download", ...missing.map(({ name, version }) => `${name}=${version}`)], downloads);
    }
    for (const { file } of packages) {
      await mustRun("dpkg-deb", ["--extract", join(downloads, file), root]);
    }
    for (const part of ["doc", "man", "locale", "info", "lintian", "bug", "menu", "doc-base"]) {
      await rm(join(root, "usr/share", part), { recursive: true, force: true });
    }
    for (const part of ["usr/lib/systemd", "etc/init.d", "etc/cron.daily", "etc/logrotate.d"]) {
      await rm(join(root, part), { recursive: true, force: true });
    }
    await moveIntoUsr(root);
  }
}

/** Moves the files of older packages into /usr: Debian's /bin, /sbin and /lib are links to there. */
async function moveIntoUsr(root: string): Promise<void> {
  for (const name of ["bin", "sbin", "lib"]) {
    const old = await readdir(join(root, name), { withFileTypes: true }).catch(() => []);
    if ((await readdir(root, { withFileTypes: true })).some((entry) => entry.name === name && entry.isSymbolicLink())) {
      continue;
    }
    if (old.length === 0) {
      continue;
    }
    await mkdir(join(root, "usr", name), { recursive: true });
    for (const entry of old) {
      await rename(join(root, name, entry.name), join(root, "usr", name, entry.name));
    }
    await rm(join(root, name), { recursive: true });
  }
}
