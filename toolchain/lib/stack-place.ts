import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { at } from "../../lib/at.ts";
import { projectRoot } from "../../lib/paths.ts";
import { messageOf, UserError } from "../../lib/user-error.ts";
import { devStack } from "./stack-config.ts";

/** Where a stack runs: in a Docker engine, or in a namespace of a cluster. */
export type StackPlace = { target: "docker" } | { target: "kubernetes"; namespace: string; access: KubeConfig };

/** The stacks that have a config here. */
function stacks(): string[] {
  return readdirSync(projectRoot).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
}

function plainText(config: unknown, key: string): string | undefined {
  const value = at(config, key);
  if (typeof value === "object" && value !== null) {
    throw new UserError(`${key} is a secret, which is not read here; name the kubeconfig by KUBECONFIG instead.`);
  }
  return value === undefined || value === null ? undefined : String(value);
}

/**
 * Where the text of a stack's config says that it runs.
 * @throws UserError where it is on a cluster that no kubeconfig leads to
 */
export async function placeIn(text: string, project: string, stack: string): Promise<StackPlace> {
  const config = at(parse(text), "config");
  if (at(config, "resume:target") !== "kubernetes") {
    return { target: "docker" };
  }
  const kubeconfig = plainText(config, "kubernetes:kubeconfig");
  const context = plainText(config, "kubernetes:context");
  // The library of clusters takes more memory than all else here: only who has a stack on one loads it.
  const { clusterAccess } = await import("../../infra/targets/kubernetes/kubeconfig.ts");
  try {
    const access = clusterAccess({ kubeconfig, context });
    const namespace = String(at(config, "resume:namespace") ?? `${project}-${stack}`);
    return { target: "kubernetes", namespace, access };
  } catch (error) {
    throw new UserError(`The cluster of the ${stack} stack is not found: ${messageOf(error)}.`);
  }
}

/** What the API server says no with, as a sentence about the stack; other errors as they are. */
export async function asUserError(error: unknown, stack: string): Promise<unknown> {
  const { ApiException } = await import("@kubernetes/client-node");
  const { messageIn, reasonOf } = await import("../../infra/targets/kubernetes/api-client.ts");
  if (error instanceof ApiException) {
    return new UserError(`The cluster of the ${stack} stack: ${messageIn(error.body)} (${error.code}).`);
  }
  if (!isNoAnswer(error)) {
    return error;
  }
  return new UserError(`The cluster of the ${stack} stack does not answer: ${reasonOf(error)}.`);
}

/** Whether a request never got an answer: the innermost cause is then the system's own. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && (isNoAnswer(error.cause) || ("syscall" in error && error.syscall !== undefined));
}

/** Where a stack of this project runs. @throws UserError where there is no such stack, or no kubeconfig leads to it */
export async function stackPlace(project: string, stack: string): Promise<StackPlace> {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  if (!existsSync(file) && stack === devStack) {
    return { target: "docker" };
  }
  if (!existsSync(file)) {
    throw new UserError(`--stack is "${stack}"; allowed: ${stacks().join(", ")}.`);
  }
  return placeIn(readFileSync(file, "utf8"), project, stack);
}
