import { randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheRoot, inCache } from "../../lib/paths.ts";
import type { Cli } from "./cli.ts";

/** Where the CLI keeps its plugins and settings: the user's own place for their own CLI, the cache for ours. */
export function pulumiHome(cli: Cli): string {
  return process.env.PULUMI_HOME || (cli.ours ? inCache("pulumi-home") : join(homedir(), ".pulumi"));
}

/** The file with the passphrase that encrypts the stack's secrets. Made once; without it the secrets are lost. */
export function passphraseFile(): string {
  const file = inCache("passphrase");
  if (existsSync(file)) {
    return file;
  }
  mkdirSync(cacheRoot, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  try {
    // A link fails where the file has come into being meanwhile: a passphrase is never overwritten.
    linkSync(temporary, file);
  } finally {
    rmSync(temporary);
  }
  return file;
}

/** What the CLI and the programs under test find in their environment, beside what the user has there. */
export function pulumiEnvironment(cli: Cli, dockerHost: string): Record<string, string> {
  const ownPassphrase =
    process.env.PULUMI_CONFIG_PASSPHRASE !== undefined || process.env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
  const path = [inCache("bin"), dirname(cli.program), dirname(process.execPath), process.env.PATH ?? ""];
  return {
    PATH: path.join(delimiter),
    DOCKER_HOST: dockerHost,
    // A context would come before the host.
    DOCKER_CONTEXT: "",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    ...(cli.ours ? { PULUMI_HOME: pulumiHome(cli) } : {}),
    ...(ownPassphrase ? {} : { PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile() }),
  };
}
