import type Docker from "dockerode";
import { componentLabel, type Labels, labelFilters, stackName } from "../../infra/labels.ts";
import type { ComponentName } from "../../infra/system/names.ts";
import { ownContainers, type StackIdentity } from "../../infra/targets/docker/owner.ts";
import { isReady } from "../../lib/cluster/pod-ready.ts";
import { captureOutputs, execInContainer, type Outputs } from "../../lib/exec.ts";
import { UserError } from "../../lib/user-error.ts";
import type { PlacedStack } from "./own-stack.ts";
import { asUserError, type ClusterPlace } from "./stack-place.ts";

/** Runs a command in a container of a component. @returns its exit code; undefined when no such container runs */
export async function execOnDocker(
  docker: Docker,
  stack: StackIdentity,
  component: string,
  command: string[],
  outputs: Outputs,
): Promise<number | undefined> {
  const containers = await ownContainers(docker, stack, { [componentLabel]: component });
  const found = containers.find(({ State }) => State === "running");
  return found && execInContainer(docker, found.Id, command, outputs);
}

/** Runs a command in a pod of a component. @returns its exit code; undefined when no such pod is ready */
export async function execOnCluster(
  { access, namespace }: ClusterPlace,
  stack: Labels,
  component: string,
  command: string[],
  outputs: Outputs,
): Promise<number | undefined> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const { execInPod } = await import("../../lib/cluster/pod-exec.ts");
  const labelSelector = labelFilters({ ...stack, [componentLabel]: component }).join(",");
  const { items } = await access.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  const pod = items.find(isReady)?.metadata?.name;
  return pod === undefined ? undefined : execInPod(access, { namespace, pod, container: component }, command, outputs);
}

/** Runs a command in a container of a component. @returns its exit code; undefined when no such container runs */
export type ComponentExec = (
  component: ComponentName,
  command: string[],
  outputs: Outputs,
) => Promise<number | undefined>;

/** Runs commands in the components of a stack. @throws {UserError} when its cluster does not answer */
export function execInside(stack: PlacedStack): ComponentExec {
  return stack.target === "docker"
    ? (component, command, outputs) => execOnDocker(stack.engine, stack, component, command, outputs)
    : (component, command, outputs) =>
        execOnCluster(stack, stack.labels, component, command, outputs).catch(async (error: unknown) => {
          throw await asUserError(error, stackName(stack.labels));
        });
}

/** An HTTP request to a component, at the port on which it listens in its container. */
export interface ComponentRequest {
  readonly component: string;
  readonly port: number;
  readonly path: string;
  /** The form to send by POST; without it the request is a GET. */
  readonly form?: string;
}

const timeoutSeconds = 10;

/** Every image of the stack with a health check by HTTP has wget. */
function wgetCommand({ port, path, form }: ComponentRequest): string[] {
  const post = form === undefined ? [] : ["--post-data", form];
  return ["wget", "-q", "-O", "-", "-T", String(timeoutSeconds), ...post, `http://127.0.0.1:${port}${path}`];
}

async function send(
  exec: (command: string[], outputs: Outputs) => Promise<number | undefined>,
  request: ComponentRequest,
): Promise<string> {
  const { code, stdout, stderr } = await captureOutputs((outputs) => exec(wgetCommand(request), outputs));
  if (code === undefined) {
    throw new UserError(`No container of ${request.component} runs.`);
  }
  if (code !== 0) {
    throw new UserError(`${request.component} does not answer ${request.path}: ${stderr.trim()}`);
  }
  return stdout;
}

/** Requests a component of a stack on Docker: see requestInside. */
export function requestOnDocker(docker: Docker, stack: StackIdentity, request: ComponentRequest): Promise<string> {
  return send((command, outputs) => execOnDocker(docker, stack, request.component, command, outputs), request);
}

/**
 * Requests a component from inside its container. From here its port may be out of reach: the engine may be on another
 * machine, and the port published on that machine's loopback or not at all.
 * @returns the body of the response
 * @throws {UserError} when the component does not run, or its status is not 200
 */
export async function requestInside(stack: PlacedStack, request: ComponentRequest): Promise<string> {
  return stack.target === "docker"
    ? requestOnDocker(stack.engine, stack, request)
    : send((command, outputs) => execOnCluster(stack, stack.labels, request.component, command, outputs), request);
}
