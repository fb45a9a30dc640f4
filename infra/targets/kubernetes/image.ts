import * as docker from "@pulumi/docker";
import type { ComponentResource, Input } from "@pulumi/pulumi";
import type { Component } from "../../system/component.ts";

/** What is built for the cluster. */
export interface Build {
  /** Where images are pushed to: a registry's host with an optional path. */
  registry: string;
  /** `linux/amd64` */
  platform: string;
}

/** True for an image that must be built before the cluster can have it. */
export const isBuilt = ({ image, plainImage }: Component) => image.kind === "build" && plainImage === undefined;

/**
 * A component's image as its pods name it; one that the stack builds is pushed first, and named by its digest.
 *
 * @param build what to build with, where it comes to that
 */
export function podImage(component: Component, build: Build | undefined, parent: ComponentResource): Input<string> {
  const { image, plainImage } = component;
  // The kubelet asks for the health itself, it needs no program in the container for that.
  if (plainImage !== undefined) return plainImage;
  if (image.kind === "reference") return image.reference;
  if (build === undefined) throw new Error(`no registry is known for the image of ${component.name}`);
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
