import { getStack, runtime } from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { ConfigError, namespace, plainOnly } from "./errors.ts";
import { parseConfig } from "./parse.ts";
import { parseObject, refusePlainSecrets } from "./plain-secrets.ts";

/**
 * The stack's config, as the Pulumi CLI hands it over.
 *
 * @throws {ConfigError} when a value is not allowed, a secret is in plain text, or a key was set with `--secret` that
 * can't be one
 */
export function readConfig(): Config {
  // The CLI tells only of whole keys whether they hold a secret. An object comes as JSON.
  const plain = Object.entries(runtime.allConfig()).filter(([key]) => !isConfigSecret(key));
  refusePlainSecrets(Object.fromEntries(plain.map(([key, text]) => [key, parseObject(text) ?? text])), getStack());
  const texts = configOf(namespace);
  const secrets = Object.keys(texts).filter((key) => isConfigSecret(`${namespace}:${key}`));
  const config = parseConfig(texts, new Set(secrets));
  const shown = ["docker:host", "docker:context", "kubernetes:context"].filter(isConfigSecret);
  if (shown.length > 0) {
    throw new ConfigError(shown.map(plainOnly));
  }
  return config;
}

/** The keys of a namespace that are set, with their texts. */
export function configOf(name: string): Record<string, string> {
  const own = Object.entries(runtime.allConfig()).filter(([key]) => key.startsWith(`${name}:`));
  return Object.fromEntries(own.map(([key, text]) => [key.slice(name.length + 1), text]));
}

/** Whether a key was set with `--secret`, or holds a part that was. The SDK knows, though its types do not list it. */
export function isConfigSecret(key: string): boolean {
  const ask: unknown = Reflect.get(runtime, "isConfigSecret");
  if (typeof ask !== "function") {
    throw new Error("@pulumi/pulumi does not tell which config values are secrets");
  }
  return ask(key) === true;
}
