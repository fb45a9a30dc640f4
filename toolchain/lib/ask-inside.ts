import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type Docker from "dockerode";
import { componentLabel, type Labels, labelFilters, stackLabels } from "../../infra/labels.ts";
import { UserError } from "../../lib/user-error.ts";
import { client } from "../tools/engine.ts";
import { project } from "./stack-config.ts";
import { type StackPlace, stackPlace } from "./stack-place.ts";

/** What is asked of a component: the port that it listens on in its container, a path, and the body of a POST. */
export interface Question {
  readonly component: string;
  readonly port: number;
  readonly path: string;
  /** Sent as a form by POST; without it the request is a GET. */
  readonly form?: string;
}

/** Seconds that a component has for its answer. */
const limitSeconds = 10;

/** The program that asks; every image of the stack that is checked by HTTP has it. */
export function askCommand({ port, path, form }: Question): string[] {
  return [
    "wget",
    ...["-q", "-O", "-", "-T", String(limitSeconds)],
    ...(form === undefined ? [] : ["--post-data", form]),
    `http://127.0.0.1:${port}${path}`,
  ];
}

/**
 * The body that a component answers with, asked inside its container: the engine may be on another machine, and the
 * port published on that machine's loopback, or nowhere.
 * @throws {UserError} when no such container runs, or it does not answer with 200
 */
export async function askInContainer(docker: Docker, stack: Labels, question: Question): Promise<string> {
  const label = labelFilters({ ...stack, [componentLabel]: question.component });
  const [found] = await docker.listContainers({ filters: { label } });
  if (!found) {
    throw new UserError(`No container of ${question.component} runs.`);
  }
  const command = { Cmd: askCommand(question), AttachStdout: true, AttachStderr: true };
  const exec = await docker.getContainer(found.Id).exec(command);
  const stream = await exec.start({});
  const [out, errors] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, errors);
  stream.once("end", () => {
    out.end();
    errors.end();
  });
  stream.once("error", (error) => {
    out.destroy(error);
    errors.destroy(error);
  });
  const [body, said] = await Promise.all([text(out), text(errors)]);
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) {
    throw new UserError(`${question.component} does not answer ${question.path}: ${said.trim()}`);
  }
  return body;
}

/**
 * The same in a pod of a stack on a cluster, by the API server's exec.
 * @throws {UserError} when no such pod is ready, or it does not answer with 200
 */
async function askInPod(
  { access, namespace }: Extract<StackPlace, { target: "kubernetes" }>,
  question: Question,
): Promise<string> {
  const { CoreV1Api } = await import("@kubernetes/client-node");
  const { runInPod } = await import("../../lib/cluster/pod-exec.ts");
  const core = access.makeApiClient(CoreV1Api);
  const labelSelector = `${componentLabel}=${question.component}`;
  const { items } = await core.listNamespacedPod({ namespace, labelSelector, fieldSelector: "status.phase=Running" });
  const pod = items[0]?.metadata?.name;
  if (pod === undefined) {
    throw new UserError(`No pod of ${question.component} runs.`);
  }
  const [out, errors] = [new PassThrough(), new PassThrough()];
  const place = { namespace, pod, container: question.component };
  const ended = runInPod(access, place, askCommand(question), { out, errors }).finally(() => {
    out.end();
    errors.end();
  });
  const [{ status }, body, said] = await Promise.all([ended, text(out), text(errors)]);
  if (status !== "Success") {
    throw new UserError(`${question.component} does not answer ${question.path}: ${said.trim()}`);
  }
  return body;
}

/**
 * Asks a component of a stack where it runs: in an engine, or on a cluster.
 * @throws {UserError} when it does not answer with 200
 */
export async function askInside(stack: string, dockerHost: string, question: Question): Promise<string> {
  const place = await stackPlace(project, stack);
  return place.target === "docker"
    ? askInContainer(client(dockerHost), stackLabels(project, stack), question)
    : askInPod(place, question);
}
