import * as docker from "@pulumi/docker";
import type { ComponentResource, Output } from "@pulumi/pulumi";
import type { ImageSource } from "../../system/component.ts";

/**
 * Pulls or builds a component's image.
 *
 * @param platform what images are built for: that of the engine
 * @returns its local id (`sha256:…`), which is the form that the provider reads back from a container
 */
export function imageId(
  name: string,
  source: ImageSource,
  platform: string,
  parent: ComponentResource,
): Output<string> {
  if (source.kind === "reference") {
    return new docker.RemoteImage(name, { name: source.reference, keepLocally: true }, { parent }).imageId;
  }
  return new docker.Image(
    name,
    {
      imageName: `${source.repository}:${source.contentHash}`,
      build: {
        context: source.context,
        dockerfile: `${source.context}/Dockerfile`,
        args: { ...source.args },
        platform,
      },
      skipPush: true,
    },
    { parent },
  ).repoDigest;
}
