import type { types } from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Component, Limits } from "../../system/component.ts";
import { type ConfigObjects, configVolume, pathInFolder } from "./config-objects.ts";
import { selectorOf } from "./labels.ts";
import { probes } from "./probes.ts";
import { cpuQuantity, memoryQuantity } from "./quantity.ts";
import { containerSecurity, podSecurity } from "./security.ts";

/** What the stack decides about a component's pods. */
export interface PlacementArgs {
  image: Input<string>;
  configObjects: ConfigObjects;
  labels: Record<string, string>;
  /** Processor and system that the image is for. */
  nodeSelector: Record<string, string>;
  /** None means the cluster's usual one. */
  priorityClassName?: Input<string>;
  /** Name of the Secret that images are pulled with; none means that everybody may. */
  imagePullSecret?: Input<string>;
  /** Whether more than one of them may run at a time. */
  replicated: boolean;
  /** How long a pod serves on after it was told to stop, in seconds; 0 is not at all. */
  preStopSeconds: number;
}

/** How a component runs as a pod. What is empty is left out, as the API server leaves it out when it is asked. Its data folders are mounted under their names; whoever makes the pod gives the volumes. */
export function podTemplate(component: Component, placement: PlacementArgs): types.input.core.v1.PodTemplateSpec {
  const { image, configObjects, labels, nodeSelector, priorityClassName, imagePullSecret, replicated, preStopSeconds } =
    placement;
  const { scratch, data, stop, limits } = component;
  const volumeMounts = [
    ...(configObjects.files === undefined ? [] : component.files.map(({ path }) => mountOf(path))),
    ...scratch.map((path) => ({ name: scratchName(path), mountPath: path })),
    ...data.map(({ name, path }) => ({ name, mountPath: path })),
  ];
  const volumes = [
    ...(configObjects.files === undefined ? [] : [configObjects.files]),
    ...scratch.map((path) => ({
      name: scratchName(path),
      emptyDir: { medium: "Memory", sizeLimit: memoryQuantity(scratchMb) },
    })),
  ];
  return {
    metadata: { labels },
    spec: {
      serviceAccountName: component.name,
      automountServiceAccountToken: false,
      // Variables like REDIS_PORT for every Service, which would be taken for the component's own configObjects.
      enableServiceLinks: false,
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
      ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
      nodeSelector,
      securityContext: podSecurity(component),
      // Full names only: no search list is tried first.
      dnsConfig: { options: [{ name: "ndots", value: "1" }] },
      terminationGracePeriodSeconds: preStopSeconds + stop.graceSeconds,
      ...(replicated ? { topologySpreadConstraints: spread(component) } : {}),
      containers: [
        {
          name: component.name,
          image,
          imagePullPolicy: "IfNotPresent",
          ...(component.command === undefined ? {} : { args: [...component.command] }),
          ...(configObjects.env.length === 0 ? {} : { env: configObjects.env }),
          resources: resources(limits),
          securityContext: containerSecurity,
          ...probes(component),
          // A container that dies is told of with the end of its log.
          terminationMessagePolicy: "FallbackToLogsOnError",
          ...(preStopSeconds === 0 ? {} : { lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } } }),
          ...(volumeMounts.length === 0 ? {} : { volumeMounts }),
        },
      ],
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}

/**
 * One file of the configObjects. Mounted as a whole, the folder's files would lie behind a link with the time of the start in
 * its name; Grafana then takes its boards for new ones at each start, and deletes the old.
 */
const mountOf = (path: string) => ({
  name: configVolume,
  mountPath: path,
  subPath: pathInFolder(path),
  readOnly: true,
});

/** As much as on Docker. */
const scratchMb = 64;

const scratchName = (path: string) => `scratch${path.replaceAll("/", "-")}`;

/** A node is asked to keep this part of a component's limits free for it: the site is idle most of the time. */
const reserved = { cpus: 0.1, memory: 0.25 };

function resources({ cpus, memoryMb }: Limits): types.input.core.v1.ResourceRequirements {
  return {
    requests: {
      cpu: cpuQuantity(cpus * reserved.cpus),
      memory: memoryQuantity(Math.ceil(memoryMb * reserved.memory)),
    },
    limits: { cpu: cpuQuantity(cpus), memory: memoryQuantity(memoryMb) },
  };
}

/** Over zones and over nodes, as far as there are any. */
const spread = (component: Component): types.input.core.v1.TopologySpreadConstraint[] =>
  ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(component.name) },
  }));
