import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ApiException, type KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { messageIn, reasonOf } from "../../infra/kubernetes/asking.ts";
import { clusterAccess } from "../../infra/kubernetes/kubeconfig.ts";
import { at } from "./at.ts";
import { projectRoot } from "./paths.ts";
import { devStack } from "./stack-config.ts";
import { messageOf, UserError } from "./user-error.ts";

/** Where a stack runs: in a Docker engine, or in a namespace of a cluster. */
export type StackPlace = { target: "docker" } | { target: "kubernetes"; namespace: string; access: KubeConfig };

/** The stacks that have a config here. */
const stacks = (): string[] => readdirSync(projectRoot).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

const plainText = (config: unknown, key: string): string | undefined => {
  const value = at(config, key);
  if (typeof value === "object" && value !== null) {
    throw new UserError(`${key} is a secret, which is not read here; name the kubeconfig by KUBECONFIG instead.`);
  }
  return value === undefined || value === null ? undefined : String(value);
};

/**
 * Where the text of a stack's config says that it runs.
 * @throws UserError where it is on a cluster that no kubeconfig leads to
 */
export const placeIn = (text: string, project: string, stack: string): StackPlace => {
  const config = at(parse(text), "config");
  if (at(config, "resume:target") !== "kubernetes") return { target: "docker" };
  const kubeconfig = plainText(config, "kubernetes:kubeconfig");
  const context = plainText(config, "kubernetes:context");
  try {
    const access = clusterAccess({ kubeconfig, context });
    const namespace = String(at(config, "resume:namespace") ?? `${project}-${stack}`);
    return { target: "kubernetes", namespace, access };
  } catch (error) {
    throw new UserError(`The cluster of the ${stack} stack is not found: ${messageOf(error)}.`);
  }
};

/** What the API server says no with, as a sentence about the stack; other errors as they are. */
export const asUserError = (error: unknown, stack: string): unknown =>
  error instanceof ApiException
    ? new UserError(`The cluster of the ${stack} stack: ${messageIn(error.body)} (${error.code}).`)
    : isNoAnswer(error)
      ? new UserError(`The cluster of the ${stack} stack does not answer: ${reasonOf(error)}.`)
      : error;

/** Whether a request never got an answer: the innermost cause is then the system's own. */
const isNoAnswer = (error: unknown): boolean =>
  error instanceof Error && (isNoAnswer(error.cause) || ("syscall" in error && error.syscall !== undefined));

/** Where a stack of this project runs. @throws UserError where there is no such stack, or no kubeconfig leads to it */
export const stackPlace = (project: string, stack: string): StackPlace => {
  const file = join(projectRoot, `Pulumi.${stack}.yaml`);
  if (!existsSync(file) && stack === devStack) return { target: "docker" };
  if (!existsSync(file)) throw new UserError(`--stack is "${stack}"; allowed: ${stacks().join(", ")}.`);
  return placeIn(readFileSync(file, "utf8"), project, stack);
};
