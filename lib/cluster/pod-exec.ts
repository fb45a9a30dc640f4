import type { Writable } from "node:stream";
import { Exec, type KubeConfig, type V1Status } from "@kubernetes/client-node";
import { UserError } from "../user-error.ts";

/** A container of a pod. */
export interface PodContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/**
 * Runs a command in a pod's container, by the API server's exec.
 * @returns what the cluster says of how it ended
 * @throws {UserError} when the connection is closed before that
 */
export function runInPod(
  access: KubeConfig,
  { namespace, pod, container }: PodContainer,
  command: string[],
  { out, errors }: { out: Writable; errors: Writable },
): Promise<V1Status> {
  return new Promise((resolve, reject) => {
    new Exec(access).exec(namespace, pod, container, command, out, errors, null, false, resolve).then((socket) => {
      socket.on("error", reject);
      socket.on("close", () => reject(new UserError(`The connection to the pod ${pod} was closed.`)));
    }, reject);
  });
}
