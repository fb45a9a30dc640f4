import * as docker from "@pulumi/docker";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { Component } from "../../system/component.ts";
import { secretVersion } from "../../system/secrets.ts";
import { type BindAddresses, containerArgs } from "./container.ts";
import { imageId } from "./image.ts";
import { componentLabel, type Labels, labelArgs } from "./labels.ts";
import { versionHash } from "./version-hash.ts";

export interface WorkloadArgs {
  component: Component;
  network: docker.Network;
  /** The address that published ports are bound to, by audience. */
  bindAddresses: BindAddresses;
  /** Prefix of all names on the engine: `<project>-<stack>`. */
  prefix: string;
  labels: Labels;
  /** What images are built for: `linux/amd64`. */
  platform: string;
}

/** One component on Docker: its image, its volumes, and a container for each replica. */
export class Workload extends ComponentResource {
  constructor(name: string, args: WorkloadArgs, options: ComponentResourceOptions) {
    super("resume:docker:Workload", name, {}, options);
    const { component, prefix } = args;
    const labels = { ...args.labels, [componentLabel]: component.name };

    const image = imageId(name, component.image, args.platform, this);

    const volumes = component.data.map(({ name: folder, path }) => {
      const args = { labels: labelArgs(labels) };
      return { volume: new docker.Volume(`${prefix}-${name}-${folder}`, args, { parent: this }), path };
    });

    const run = containerArgs(component, { network: args.network, volumes, bindAddresses: args.bindAddresses, labels });
    const container = (replica: string) =>
      new docker.Container(
        replica,
        { ...run, name: `${prefix}-${replica}`, hostname: replica, image },
        { parent: this },
      );

    // A container with a host port or a volume can only be replaced in place. Replicas are replaced by new ones beside them.
    const version = isReplicated(component)
      ? versionHash({ run, image: component.image, ...secretVersions(component) })
      : undefined;
    if (version !== undefined) {
      for (let index = 0; index < component.replicas; index++) {
        container(`${name}-${index}-${version}`);
      }
    } else {
      container(name);
    }
    this.registerOutputs();
  }
}

/** The versions of rotated secrets; empty without any, so that a stack that never rotated keeps its versions. */
function secretVersions({ env, files }: Component): { secrets?: Record<string, string> } {
  const inputs = [...Object.entries(env), ...files.map(({ path, content }) => [path, content] as const)];
  const secrets = Object.fromEntries(
    inputs.map(([name, value]) => [name, secretVersion(name, value)]).filter(([, version]) => version !== ""),
  );
  return Object.keys(secrets).length === 0 ? {} : { secrets };
}

function isReplicated({ published, data }: Component) {
  return published.length === 0 && data.length === 0;
}
