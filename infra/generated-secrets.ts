import type { Output } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { Config } from "./config/config.ts";
import type { OwnSecret } from "./system/names.ts";
import { versionedSecret } from "./system/secrets.ts";

/**
 * Generates each secret once for each stack, when a component first asks for it. Another number in `rotated` generates
 * another one.
 */
export function generatedSecrets(rotated: Config["rotated"]): (name: OwnSecret) => Output<string> {
  const generated = new Map<OwnSecret, Output<string>>();
  return (name) => {
    const secret = generated.get(name) ?? generate(name, rotated[name]);
    generated.set(name, secret);
    return secret;
  };
}

/** 32 letters and digits: safe in a config file, an environment and a URL. A secret that was never rotated has no keepers. */
function generate(name: OwnSecret, rotations: number | undefined): Output<string> {
  const version = rotations === undefined ? "" : String(rotations);
  const keepers = version === "" ? {} : { keepers: { rotated: version } };
  const resourceName = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const { result } = new RandomPassword(resourceName, { length: 32, special: false, ...keepers });
  return versionedSecret(result, version);
}
