import { PassThrough } from "node:stream";
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import type { Outputs } from "../exec.ts";
import { UserError } from "../user-error.ts";

/** A container of a pod. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The size of the frames in which a command gets its input. */
const frameBytes = 32 * 1024;

/** The exit code in the status that the API server sends when a command has ended. */
export function exitCode({ status, details }: V1Status): number {
  if (status === "Success") {
    return 0;
  }
  return Number(details?.causes?.find(({ reason }) => reason === "ExitCode")?.message ?? 1);
}

/**
 * Runs a command in a container of a pod, through the API server's exec.
 * @returns its exit code
 * @throws {UserError} when the connection closes before the command has ended
 */
export async function execInPod(
  access: KubeConfig,
  { namespace, pod, container }: PodContainer,
  command: string[],
  { out, errors, input }: Outputs,
): Promise<number> {
  const stdin = input === undefined ? null : new PassThrough();
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(access).exec(namespace, pod, container, command, out, errors, stdin, false, resolve).then((socket) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new UserError(`The connection to the pod ${pod} was closed.`)));
      for (let start = 0; start < (input?.length ?? 0); start += frameBytes) {
        stdin?.write(input?.subarray(start, start + frameBytes));
      }
    }, reject);
  });
  return exitCode(status);
}
