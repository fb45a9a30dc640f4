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
  /** The ports of its own Service. */
  servedPorts: readonly number[];
  /** None means the cluster's default. */
  storageClass: string | undefined;
  /** None means that the number of replicas is fixed. */
  autoscale: Autoscale | undefined;
  priorityClassName?: Input<string>;
  imagePullSecret?: Input<string>;
  /** How long a replica still serves after the pod's deletion, because DNS answers may still name it, in seconds. */
  preStopSeconds: number;
  /** What must exist before its pods. */
  dependsOn: Resource[];
  inNamespace: CustomResourceOptions;
}

/** One component on Kubernetes: its config objects, its pods, their number, and their Service. */
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
      // A pod with data is replaced in place: there is no other pod to take its traffic meanwhile.
      preStopSeconds: stateful ? 0 : args.preStopSeconds,
    });
    const selector = { matchLabels: selectorOf(component.name) };
    const pods: CustomResourceOptions = {
      ...inNamespace,
      dependsOn: [account, ...args.dependsOn],
      // The autoscaler owns the number.
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
            // OrderedReady would wait for a pod that never gets ready, even when a fixed version of it exists.
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
          // Takes the number back from an autoscaler that is gone, or from kubectl scale.
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
          // The pods' readiness is enough.
          metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
          spec: {
            type: "ClusterIP",
            // Headless: DNS returns every replica's address. A pod with data keeps one address while it is replaced.
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
                  // A share of the limit, not of the much smaller request.
                  target: {
                    type: "AverageValue",
                    averageValue: cpuQuantity((component.limits.cpus * args.autoscale.cpu) / 100),
                  },
                },
              },
            ],
            // Removing a replica fails no request, so it may happen soon.
            behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
          },
        },
        inNamespace,
      );
    }
    this.registerOutputs();
  }
}

/** Timeout without progress, in seconds: the cluster may have to add a node, which then pulls the image. */
const progressSeconds = 540;
