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
  /** The image's architecture and operating system. */
  nodeSelector: Record<string, string>;
  /** None means the cluster's default. */
  priorityClassName?: Input<string>;
  /** Name of the Secret with the registry's credentials; none means that the registry asks for none. */
  imagePullSecret?: Input<string>;
  /** Whether more than one of them may run at a time. */
  replicated: boolean;
  /** How long a pod still serves after its deletion, in seconds; 0 means no preStop hook. */
  preStopSeconds: number;
}

/**
 * A component's pod. Empty fields are omitted, as in the API server's answers. Data folders are mounted by name; the
 * caller adds their volumes.
 */
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
      // They are variables such as REDIS_PORT for every Service, which would clash with the component's own.
      enableServiceLinks: false,
      ...(priorityClassName === undefined ? {} : { priorityClassName }),
      ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
      nodeSelector,
      securityContext: podSecurity(component),
      // Names are fully qualified, so the search list is not tried first.
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
          // The status of a container that died shows the end of its log.
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
 * Mounts one config file. In a mounted folder files are behind a link whose name contains the time of the start: Grafana
 * then deletes and recreates its boards at each start.
 */
function mountOf(path: string) {
  return {
    name: configVolume,
    mountPath: path,
    subPath: pathInFolder(path),
    readOnly: true,
  };
}

/** The same as on Docker. */
const scratchMb = 64;

function scratchName(path: string) {
  return `scratch${path.replaceAll("/", "-")}`;
}

/** Requests, as a share of the limits: the site is idle most of the time. */
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

/** Spreads replicas over zones and nodes, where there are several. */
function spread(component: Component): types.input.core.v1.TopologySpreadConstraint[] {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(component.name) },
  }));
}
