import { apps, autoscaling, core, policy } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Autoscale } from "../../config/config.ts";
import type { Labels } from "../../labels.ts";
import type { Component } from "../../system/component.ts";
import { ConfigObjects } from "./config-objects.ts";
import { labelsOf, selectorOf } from "./labels.ts";
import { podTemplate } from "./pod.ts";
import { portName } from "./ports.ts";
import { cpuQuantity } from "./quantity.ts";

export interface WorkloadArgs {
  component: Component;
  image: Input<string>;
  nodeSelector: Record<string, string>;
  namespace: Output<string>;
  labels: Labels;
  /** What it is asked on under its own name. */
  servedPorts: readonly number[];
  /** None means the cluster's default. */
  storageClass: string | undefined;
  /** None means that the number of replicas is fixed. */
  autoscale: Autoscale | undefined;
  priorityClassName?: Input<string>;
  imagePullSecret?: Input<string>;
  /** How long a replica goes on after it was told to stop, because it may still be found, in seconds. */
  preStopSeconds: number;
  /** What must be there before its pods are. */
  dependsOn: Resource[];
  inNamespace: CustomResourceOptions;
}

/** One component on Kubernetes: what it is told, its pods, how many of them there are, and the name they are found under. */
export class Workload extends ComponentResource {
  constructor(name: string, args: WorkloadArgs, options: ComponentResourceOptions) {
    super("resume:kubernetes:Workload", name, {}, options);
    const { component, namespace, servedPorts } = args;
    const labels = labelsOf(component.name, args.labels);
    const inNamespace = { ...args.inNamespace, parent: this };
    const metadata = { name: component.name, namespace, labels };

    const configObjects = new ConfigObjects(
      name,
      { component, namespace, labels, inNamespace: args.inNamespace },
      { parent: this },
    );
    const account = new core.v1.ServiceAccount(name, { metadata, automountServiceAccountToken: false }, inNamespace);

    const stateful = component.data.length > 0;
    const replicated = component.replicas > 1 || args.autoscale !== undefined;
    const template = podTemplate(component, {
      image: args.image,
      configObjects,
      labels,
      nodeSelector: args.nodeSelector,
      ...(args.priorityClassName === undefined ? {} : { priorityClassName: args.priorityClassName }),
      ...(args.imagePullSecret === undefined ? {} : { imagePullSecret: args.imagePullSecret }),
      replicated,
      // What has data is replaced in place: there is no other that it could leave visitors to.
      preStopSeconds: stateful ? 0 : args.preStopSeconds,
    });
    const selector = { matchLabels: selectorOf(component.name) };
    const pods: CustomResourceOptions = {
      ...inNamespace,
      dependsOn: [account, ...args.dependsOn],
      // The autoscaler goes on from the number that it finds.
      ...(args.autoscale === undefined ? {} : { ignoreChanges: ["spec.replicas"] }),
    };
    if (stateful) {
      new apps.v1.StatefulSet(
        name,
        {
          metadata,
          spec: {
            serviceName: component.name,
            replicas: component.replicas,
            // Else a pod that never gets ready would be waited for, even when a better version of it is there.
            podManagementPolicy: "Parallel",
            selector,
            template,
            volumeClaimTemplates: component.data.map(({ name: folder, sizeGb }) => ({
              metadata: { name: folder },
              spec: {
                accessModes: ["ReadWriteOnce"],
                ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
                resources: { requests: { storage: `${sizeGb}Gi` } },
              },
            })),
          },
        },
        pods,
      );
    } else {
      new apps.v1.Deployment(
        name,
        {
          // The number is the config's again when there is no more autoscaler, or somebody scaled by hand.
          metadata: { ...metadata, annotations: { "pulumi.com/patchForce": "true" } },
          spec: {
            replicas: component.replicas,
            selector,
            template,
            strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
            progressDeadlineSeconds: progressSeconds,
          },
        },
        pods,
      );
    }

    if (servedPorts.length > 0) {
      new core.v1.Service(
        name,
        {
          // Its pods' own state says enough.
          metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: {
            type: "ClusterIP",
            // Every replica has an address of its own in the DNS; what has one pod and data keeps one while that is replaced.
            ...(stateful ? {} : { clusterIP: "None" }),
            selector: selectorOf(component.name),
            ports: servedPorts.map((port) => ({
              name: portName({ port, protocol: "TCP" }),
              port,
              targetPort: port,
              protocol: "TCP",
            })),
          },
        },
        inNamespace,
      );
    }

    if (replicated) {
      new policy.v1.PodDisruptionBudget(
        name,
        { metadata, spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: "AlwaysAllow", selector } },
        inNamespace,
      );
    }
    if (args.autoscale !== undefined) {
      new autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: component.name },
            minReplicas: component.replicas,
            maxReplicas: args.autoscale.max,
            metrics: [
              {
                type: "Resource",
                resource: {
                  name: "cpu",
                  // Of the limit, not of the much smaller request.
                  target: {
                    type: "AverageValue",
                    averageValue: cpuQuantity((component.limits.cpus * args.autoscale.cpu) / 100),
                  },
                },
              },
            ],
            // A replica that goes fails no request, so they may go soon.
            behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
          },
        },
        inNamespace,
      );
    }
    this.registerOutputs();
  }
}

/** How long pods may make no progress, in seconds: a node may have to be started for them, and to pull their image. */
const progressSeconds = 540;
