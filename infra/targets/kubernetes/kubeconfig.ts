import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../../lib/user-error.ts";

/** The provider's own keys of the stack's config (`kubernetes:context`, …). */
export interface ProviderConfig {
  /** A file's path, in which a leading ~ is the user's home; or the content of such a file. */
  kubeconfig: string | undefined;
  /** Whether the kubeconfig was set with `--secret`. */
  isSecret?: boolean;
  context: string | undefined;
}

/**
 * The kubeconfig that the kubernetes provider will use: the stack's, else that of KUBECONFIG, else ~/.kube/config, with
 * the context that the stack names.
 *
 * @throws {UserError} when there is none, it can't be read, or it has no such context
 */
export function clusterAccess({ kubeconfig, isSecret, context }: ProviderConfig): KubeConfig {
  const access = new KubeConfig();
  const file = kubeconfig?.replace(/^~(?=\/)/, homedir());
  // A path is one line; the content of a kubeconfig has more lines, or is an object.
  if (file !== undefined && !existsSync(file) && !/[\n{]/.test(file)) {
    throw new UserError(
      `kubernetes:kubeconfig is ${JSON.stringify(isSecret ? "(hidden)" : kubeconfig)}; allowed: the path of a file that is there, or what such a file holds.`,
    );
  }
  const from = kubeconfig === undefined ? "KUBECONFIG or ~/.kube/config" : "kubernetes:kubeconfig";
  try {
    if (file === undefined) {
      access.loadFromDefault();
    } else if (existsSync(file)) {
      access.loadFromFile(file);
    } else {
      access.loadFromString(file);
    }
  } catch (error) {
    // The lines after the first quote what was read, tokens and keys included.
    const [reason] = String(error instanceof Error ? error.message : error).split("\n");
    throw new UserError(`No kubeconfig can be read from ${from}: ${reason}.`);
  }
  const names = access.getContexts().map(({ name }) => name);
  const wanted = context ?? access.getCurrentContext();
  if (!names.includes(wanted)) {
    const allowed = names.length === 0 ? "none, there is no cluster in it" : names.join(", ");
    throw new UserError(
      context === undefined
        ? `${from} names no context in use; set kubernetes:context to one of its contexts: ${allowed}.`
        : `kubernetes:context is ${JSON.stringify(context)}; allowed: a context of ${from}: ${allowed}.`,
    );
  }
  access.setCurrentContext(wanted);
  return access;
}
