import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheRoot, inCache } from "../../lib/paths.ts";
import type { Cli } from "./cli.ts";

/** The CLI's folder of plugins and settings: the user's default one for their own CLI, one in the cache for ours. */
export function pulumiHome({ ours }: Cli): string {
  return process.env.PULUMI_HOME || (ours ? inCache("pulumi-home") : join(homedir(), ".pulumi"));
}

/** The file of the passphrase that encrypts the stack's secrets. It is created once; without it the secrets are lost. */
export function passphraseFile(): string {
  const file = inCache("passphrase");
  if (existsSync(file)) {
    return file;
  }
  mkdirSync(cacheRoot, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  try {
    // A link never overwrites: it fails if another process has created the file meanwhile.
    linkSync(temporary, file);
  } finally {
    rmSync(temporary);
  }
  return file;
}

/** Environment variables for the CLI and the programs under test, added to the user's. */
export function pulumiEnvironment(cli: Cli, dockerHost: string): Record<string, string> {
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  const path = [inCache("bin"), dirname(cli.program), dirname(process.execPath), process.env.PATH ?? ""];
  return {
    PATH: path.join(delimiter),
    DOCKER_HOST: dockerHost,
    // A context would take precedence over the host.
    DOCKER_CONTEXT: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(cli.ours ? { PULUMI_HOME: pulumiHome(cli) } : {}),
    ...(passphrase === undefined && file === undefined ? { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() } : {}),
  };
}
