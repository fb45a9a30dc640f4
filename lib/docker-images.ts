import { spawn } from "node:child_process";
import type Docker from "dockerode";
import { UserError } from "./user-error.ts";

/** Reads the progress of a build, push or pull to its end. @throws {UserError} with the daemon's message when it fails */
export function follow(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(stream, (error: Error | null, lines: unknown[]) => {
      const failed = lines?.find(
        (line): line is { error: string } =>
          typeof line === "object" && line !== null && "error" in line && typeof line.error === "string",
      );
      if (error || failed) {
        reject(new UserError(failed?.error ?? error?.message ?? "the daemon ended without an answer"));
      } else {
        resolve();
      }
    });
  });
}

/** Builds a folder's Dockerfile and tags the image with the reference. */
export async function buildImage(docker: Docker, context: string, reference: string): Promise<void> {
  const pack = spawn("tar", ["-C", context, "-c", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const packed = new Promise<void>((resolve, reject) => {
    pack.on("error", reject);
    pack.on("close", (code) => (code === 0 ? resolve() : reject(new UserError(`tar ended with exit code ${code}`))));
  });
  await Promise.all([
    packed,
    docker.buildImage(pack.stdout, { t: reference }).then((progress) => follow(docker, progress)),
  ]);
}

/** Whether the engine has an image. */
export async function hasImage(docker: Docker, reference: string): Promise<boolean> {
  return (await docker.listImages({ filters: { reference: [reference] } })).length > 0;
}

/** Pulls an image unless the engine has it. */
export async function pullImage(docker: Docker, reference: string): Promise<void> {
  if (!(await hasImage(docker, reference))) {
    await follow(docker, await docker.pull(reference));
  }
}

/** Pushes an image to the registry that its reference names. */
export async function pushImage(
  docker: Docker,
  reference: string,
  login: { username: string; password: string },
): Promise<void> {
  const authconfig = { ...login, serveraddress: reference.slice(0, reference.indexOf("/")) };
  await follow(docker, await docker.getImage(reference).push({ authconfig }));
}
