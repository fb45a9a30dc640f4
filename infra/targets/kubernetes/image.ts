import * as docker from "@pulumi/docker";
import type { ComponentResource, Input } from "@pulumi/pulumi";
import type { Component } from "../../system/component.ts";

/** Where an image for the cluster is pushed, and its platform. */
export interface Build {
  /** A registry's host with an optional path. */
  registry: string;
  /** `linux/amd64` */
  platform: string;
}

/** Whether the stack must build the image. */
export function isBuilt({ image, plainImage }: Component) {
  return image.kind === "build" && plainImage === undefined;
}

/**
 * A component's image reference for its pods. An image that the stack builds is pushed first and named by its digest.
 *
 * @param build needed where the stack builds the image
 */
export function podImage(component: Component, build: Build | undefined, parent: ComponentResource): Input<string> {
  const { image, plainImage } = component;
  // The kubelet sends HTTP probes itself and needs no program in the container.
  if (plainImage !== undefined) {
    return plainImage;
  }
  if (image.kind === "reference") {
    return image.reference;
  }
  if (build === undefined) {
    throw new Error(`no registry is known for the image of ${component.name}`);
  }
  return new docker.Image(
    component.name,
    {
      imageName: `${build.registry}/${image.repository}:${image.contentHash}`,
      build: {
        context: image.context,
        dockerfile: `${image.context}/Dockerfile`,
        args: { ...image.args },
        platform: build.platform,
      },
      skipPush: false,
    },
    { parent },
  ).repoDigest;
}
