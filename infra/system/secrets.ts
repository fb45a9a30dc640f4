import { scryptSync } from "node:crypto";
import { type Input, Output, secret } from "@pulumi/pulumi";
import type { Config, ConfigKey } from "../config/config.ts";

/** What is known of a secret before the update and may be shown: by it the secret counts in a container's version. */
const versions = new WeakMap<object, string>();

/**
 * A secret together with what stands for it in the version of the containers that get it.
 *
 * @param version another one for another value, and shown to everybody; empty for a value that was never changed
 */
export function versionedSecret(value: Input<string>, version: string): Output<string> {
  const hidden = secret(value);
  versions.set(hidden, version);
  return hidden;
}

/**
 * What stands for a value in a version: nothing where it is plain.
 *
 * @throws Error for a secret of unknown version: a change of it would replace all replicas in place
 */
export function secretVersion(name: string, value: Input<string>): string {
  if (!Output.isInstance(value)) return "";
  const version = versions.get(value);
  if (version === undefined) throw new Error(`the secret ${name} has no version`);
  return version;
}

/** A value of the config as the user wants it: one that was set with `--secret` is a Pulumi secret from here on. */
export function configValue({ secretKeys }: Pick<Config, "secretKeys">, key: ConfigKey, text: string): Input<string> {
  return secretKeys.has(key) ? versionedSecret(text, digest(key, text)) : text;
}

/**
 * 4 hex digits that may be shown. Who guesses the value pays a tenth of a second for each guess, and then finds that one
 * in 65,536 wrong ones fits as well.
 */
const digest = (key: string, text: string) =>
  scryptSync(text, `resume:${key}`, 2, { N: 2 ** 15, r: 8, maxmem: 2 ** 26 }).toString("hex");
