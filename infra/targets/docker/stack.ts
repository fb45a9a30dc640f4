import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Component } from "../../system/component.ts";
import type { BindAddresses } from "./container.ts";
import { type Labels, labelArgs } from "./labels.ts";
import { Workload } from "./workload.ts";

export interface DockerStackArgs {
  components: readonly Component[];
  bindAddresses: BindAddresses;
  /** `<project>-<stack>`. */
  prefix: string;
  labels: Labels;
  /** What images are built for: `linux/amd64`. */
  platform: string;
}

/** The whole system on one Docker engine: a private network and a workload for each component. */
export class DockerStack extends ComponentResource {
  constructor(name: string, args: DockerStackArgs, options?: ComponentResourceOptions) {
    super("resume:docker:Stack", name, {}, options);
    const { components, ...shared } = args;
    const { prefix, labels } = shared;

    const network = new docker.Network(prefix, { driver: "bridge", labels: labelArgs(labels) }, { parent: this });

    for (const component of components) {
      new Workload(component.name, { component, network, ...shared }, { parent: this });
    }
    this.registerOutputs();
  }
}
