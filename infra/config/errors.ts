import { UserError } from "../../lib/user-error.ts";
import type { ConfigKey } from "./config.ts";

/** The configuration namespace: every key is set as `resume:<key>`. */
export const namespace = "resume";

/** All errors in the stack's config, a sentence for each. */
export class ConfigError extends UserError {
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join("\n"));
    this.errors = errors;
  }
}

/** The one form of a config error: the key, its value, and what is allowed. */
export function refusal(key: ConfigKey, value: string | number, allowed: string): string {
  return `${namespace}:${key} is ${JSON.stringify(String(value))}; allowed: ${allowed}.`;
}

/** Why a key, named with its namespace, can't be a secret. */
export function plainOnly(key: string): string {
  return `${key} is set with --secret, though its value is shown in names and settings of resources; set it with --plaintext.`;
}
