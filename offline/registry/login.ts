import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { at } from "../../lib/at.ts";
import { dockerConfigFolder } from "../../lib/docker-engine.ts";
import { readJsonLeniently } from "../../lib/json-file.ts";
import { type Login, makeAccess, pushLogin, registryFolder } from "./access.ts";
import { registryAddress } from "./registry.ts";

/**
 * The environment by which a plugin may push to our registry: a Docker config folder with what is in the user's, and our
 * login beside their own. Empty while there is no registry of ours.
 */
export async function registryLogin(): Promise<Record<string, string>> {
  const address = registryAddress();
  const folder = join(registryFolder, "docker-config");
  const users = dockerConfigFolder();
  if (address === undefined || users === folder) {
    return {};
  }
  // An older version of the project has left a registry without a login.
  await makeAccess();
  writeDockerConfig(folder, users, address, pushLogin());
  return { DOCKER_CONFIG: folder };
}

/** Writes a Docker config folder: what is in the user's, and a login for a registry. */
export function writeDockerConfig(folder: string, users: string, address: string, login: Login): void {
  const file = "config.json";
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  // Contexts, TLS material and the plugins of the Docker CLI stay the user's.
  const names = existsSync(users) ? readdirSync(users) : [];
  for (const name of names.filter((entry) => entry !== file)) {
    symlinkSync(join(users, name), join(folder, name));
  }
  const config = Object(readJsonLeniently(join(users, file)) ?? {});
  const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  const merged = {
    ...config,
    auths: { ...Object(at(config, "auths")), [address]: { auth } },
    // A credential helper of the user's would be asked in place of this file.
    credHelpers: { ...Object(at(config, "credHelpers")), [address]: "" },
  };
  writeFileSync(join(folder, file), `${JSON.stringify(merged, null, 2)}\n`, { mode: 0o600 });
}
