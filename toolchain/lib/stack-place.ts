import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { KubeConfig } from "@kubernetes/client-node";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { configFile, devStack, readConfig } from "./stack-config.ts";

/** A namespace of a cluster. */
export type ClusterPlace = { target: "kubernetes"; namespace: string; access: KubeConfig };

/** Where a stack runs. */
export type StackPlace = { target: "docker" } | ClusterPlace;

function plainText(config: unknown, key: string): string | undefined {
  const value = at(config, key);
  if (typeof value === "object" && value !== null) {
    throw new UserError(`${key} is a secret, which is not read here; name the kubeconfig by KUBECONFIG instead.`);
  }
  return value === undefined || value === null ? undefined : String(value);
}

/**
 * Where a stack runs, by the text of its config.
 * @throws {UserError} when it is on Kubernetes and its kubeconfig or context is not found
 */
export async function placeIn(text: string, project: string, stack: string): Promise<StackPlace> {
  const { config, isOnKubernetes } = readConfig(text);
  if (!isOnKubernetes) {
    return { target: "docker" };
  }
  const kubeconfig = plainText(config, "kubernetes:kubeconfig");
  const context = plainText(config, "kubernetes:context");
  // The Kubernetes client takes 90 MB and a second to load, so that it is loaded only for a stack on a cluster.
  const { clusterAccess } = await import("../../infra/targets/kubernetes/kubeconfig.ts");
  try {
    const access = clusterAccess({ kubeconfig, context });
    const namespace = String(at(config, "resume:namespace") ?? `${project}-${stack}`);
    return { target: "kubernetes", namespace, access };
  } catch (error) {
    throw new UserError(`The cluster of the ${stack} stack is not found: ${messageOf(error)}`);
  }
}

/** Turns an error response of the API server, or a missing response, into a UserError. It returns other errors as they are. */
export async function asUserError(error: unknown, stack: string): Promise<unknown> {
  const { ApiException } = await import("@kubernetes/client-node");
  const { messageIn, reasonOf } = await import("../../infra/targets/kubernetes/api-client.ts");
  if (error instanceof ApiException) {
    return new UserError(`The cluster of the ${stack} stack: ${messageIn(error.body)} (${error.code}).`);
  }
  return isConnectionError(error)
    ? new UserError(`The cluster of the ${stack} stack does not answer: ${reasonOf(error)}.`)
    : error;
}

/** Whether a request failed without a response: the innermost cause is then an error of a system call. */
function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error && (isConnectionError(error.cause) || ("syscall" in error && error.syscall !== undefined))
  );
}

/** Where a stack of this project runs. @throws {UserError} when there is no such stack, or its cluster is not found */
export async function stackPlace(project: string, stack: string): Promise<StackPlace> {
  const file = configFile(stack);
  if (existsSync(file)) {
    return placeIn(readFileSync(file, "utf8"), project, stack);
  }
  if (stack !== devStack) {
    const stacks = readdirSync(projectRoot).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new UserError(`--stack is "${stack}"; allowed: ${stacks.join(", ")}.`);
  }
  return { target: "docker" };
}
