/** Finds images in the engine, and pulls missing ones. */
import type Docker from "dockerode";
import { messageOf, unlessMissing } from "./engine-errors.ts";
import { followStream } from "./engine-stream.ts";
import { registryAuth } from "./registry-auth.ts";

/** The image, undefined when the engine has none of that name or id. */
export async function findImage(docker: Docker, name: string): Promise<Docker.ImageInspectInfo | undefined> {
  return unlessMissing(docker.getImage(name).inspect());
}

/** The image, pulled when the engine hasn't got it. */
export async function findOrPull(docker: Docker, name: string, platform: string): Promise<Docker.ImageInspectInfo> {
  const found = await findImage(docker, name);
  if (found !== undefined) {
    return found;
  }
  await pull(docker, name, platform);
  const pulled = await findImage(docker, name);
  if (pulled === undefined) {
    throw new Error(`unable to find or pull image ${name}`);
  }
  return pulled;
}

async function pull(docker: Docker, name: string, platform: string): Promise<void> {
  const authconfig = await registryAuth(name);
  const options = { ...(authconfig ? { authconfig } : {}), ...(platform === "" ? {} : { platform }) };
  const failed = (error: unknown) => new Error(`unable to pull image ${name}: ${messageOf(error)}`);
  const stream = await docker.pull(withTag(name), options).catch((error: unknown) => {
    throw failed(error);
  });
  await followStream(docker, stream).catch((error: unknown) => {
    throw failed(error);
  });
}

/** Without a tag the engine would pull every one. */
function withTag(name: string): string {
  return name.includes("@") || name.slice(name.lastIndexOf("/") + 1).includes(":") ? name : `${name}:latest`;
}
