/** Pushing an image to the registry that its name starts with. */
import type Docker from "dockerode";
import { messageOf } from "./engine-errors.ts";
import { followStream } from "./engine-stream.ts";
import { registryAuth, registryOf } from "./registry-auth.ts";

const defaultRegistry = "docker.io";

export interface Pushed {
  /** `repository@sha256:…`: what the registry calls exactly this image. */
  repoDigest: string;
  registryServer: string;
}

/**
 * Pushes a tagged image that the engine has.
 * @throws with the registry's own words when it does not take it, or does not say what it has taken.
 */
export async function pushImage(docker: Docker, imageName: string, log: (line: string) => void): Promise<Pushed> {
  const fail = (reason: string) => new Error(`unable to push image ${imageName}: ${reason}`);
  const stream = await docker
    .getImage(imageName)
    // Without credentials the engine wants to be told so.
    .push({ authconfig: { ...(await registryAuth(imageName)) } })
    .catch((error: unknown) => {
      throw fail(messageOf(error));
    });
  let digest: string | undefined;
  await followStream(docker, stream, (event) => {
    digest = digestIn(event) ?? digest;
    if ("status" in event && !("progress" in event)) {
      log(String(event.status));
    }
  }).catch((error: unknown) => {
    throw fail(messageOf(error));
  });
  if (digest === undefined) {
    throw fail("the engine does not say what digest the registry gave it");
  }
  return {
    repoDigest: `${imageName.replace(/:[^/:]*$/, "")}@${digest}`,
    registryServer: registryOf(imageName) ?? defaultRegistry,
  };
}

/** The last message of a push. */
function digestIn(event: object): string | undefined {
  const { aux }: { aux?: unknown } = event;
  return typeof aux === "object" && aux !== null && "Digest" in aux && typeof aux.Digest === "string"
    ? aux.Digest
    : undefined;
}
