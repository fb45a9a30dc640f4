import { scryptSync } from "node:crypto";
import { type Input, Output, secret } from "@pulumi/pulumi";
import type { Config, ConfigKey } from "../config/config.ts";

/** Public versions of secrets: a container's version hash contains them in place of the values. */
const versions = new WeakMap<object, string>();

/**
 * A secret with a public version, which stands for it in containers' version hashes.
 *
 * @param version differs for each value; empty for a value that was never changed
 */
export function versionedSecret(value: Input<string>, version: string): Output<string> {
  const hidden = secret(value);
  versions.set(hidden, version);
  return hidden;
}

/**
 * The public version of a value; empty where the value is plain.
 *
 * @throws {Error} when a secret has no version: a change of it would replace all replicas in place
 */
export function secretVersion(name: string, value: Input<string>): string {
  if (!Output.isInstance(value)) {
    return "";
  }
  const version = versions.get(value);
  if (version === undefined) {
    throw new Error(`the secret ${name} has no version`);
  }
  return version;
}

/** A value of the config; one that was set with `--secret` is a Pulumi secret. */
export function configValue({ secretKeys }: Pick<Config, "secretKeys">, key: ConfigKey, text: string): Input<string> {
  return secretKeys.has(key) ? versionedSecret(text, digest(key, text)) : text;
}

const digests = new Map<string, string>();

/**
 * 4 public hex digits. Each guess at the value costs a tenth of a second, and one in 65,536 wrong guesses matches as well.
 * So each value is asked for once: several components may have it.
 */
function digest(key: string, text: string): string {
  const salt = `resume:${key}`;
  const known = digests.get(`${salt}\n${text}`);
  const made = known ?? scryptSync(text, salt, 2, { N: 2 ** 15, r: 8, maxmem: 2 ** 26 }).toString("hex");
  digests.set(`${salt}\n${text}`, made);
  return made;
}
