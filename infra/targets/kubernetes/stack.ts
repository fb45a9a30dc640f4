import { core, scheduling } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions, type Output, unsecret } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { Config } from "../../config/config.ts";
import type { Labels } from "../../labels.ts";
import type { Component } from "../../system/component.ts";
import type { ComponentName } from "../../system/names.ts";
import { ExposedService } from "./exposed-service.ts";
import { type Build, isBuilt, podImage } from "./image.ts";
import { SiteIngress } from "./ingress.ts";
import { Policies } from "./policies.ts";
import { servedPorts } from "./ports.ts";
import { RegistryLogin } from "./registry-login.ts";
import { restrictedNamespace } from "./security.ts";
import { Workload } from "./workload.ts";

export interface KubernetesStackArgs {
  components: readonly Component[];
  config: Config;
  namespace: string;
  labels: Labels;
  /** Undefined where nothing is built. */
  build: Build | undefined;
  /** Where node ports are reached. */
  nodeAddress: string;
  /** IPv4, of the cluster's DNS. */
  dnsAddresses: readonly string[];
}

/** The namespace's annotation that ties it to one Pulumi state. */
const identityAnnotation = "resume.stack-identity";

/** Time beyond the DNS' TTL until nginx has a change: it resolves every second, and the DNS gets changes with a delay. */
const dnsLagSeconds = 3;

/** Timeout, after which the pods' own errors are reported. Another `up` continues from there. */
const customTimeouts = { create: "10m", update: "10m" };

/** The whole system on a cluster: a namespace for restricted pods, network policies, and a workload for each component. */
export class KubernetesStack extends ComponentResource {
  readonly #exposed = new Map<ComponentName, ExposedService>();

  constructor(name: string, args: KubernetesStackArgs, options?: ComponentResourceOptions) {
    super("resume:kubernetes:Stack", name, {}, options);
    const { components, config, labels, build, nodeAddress } = args;

    // Two stacks may have the same name. The provider adopts an existing object that looks the same. This value is in one
    // state only, so the API server refuses changes by another stack.
    const { result: identity } = new RandomPassword("identity", { length: 20, special: false }, { parent: this });
    const space = new core.v1.Namespace(
      args.namespace,
      {
        metadata: {
          name: args.namespace,
          labels: { ...labels, ...restrictedNamespace },
          annotations: { [identityAnnotation]: unsecret(identity) },
        },
      },
      { parent: this },
    );
    const namespace = space.metadata.name;
    // Deleting the namespace deletes all objects in it.
    const inNamespace = { deletedWith: space, customTimeouts };
    const common = { namespace, labels, inNamespace };

    const important = components
      .filter((component) => component.priority === "high")
      .map((component) => component.name);
    const priority = new scheduling.v1.PriorityClass(
      args.namespace,
      {
        metadata: { name: `${args.namespace}-${important.join("-")}`, labels: { ...labels } },
        value: 1000,
        preemptionPolicy: "PreemptLowerPriority",
        description: `What ${args.namespace} keeps in ${important.join(", ")} is nowhere else.`,
      },
      // A cluster-wide object, created only when the namespace is ours.
      { parent: this, dependsOn: space },
    );

    const exposed = components.filter((component) => isExposed(component, config));
    const policies = new Policies(
      "policies",
      {
        components,
        exposed: new Set(exposed.map(({ name }) => name)),
        dns: { service: config.dnsService, addresses: args.dnsAddresses },
        ...common,
      },
      { parent: this },
    );

    const login =
      config.imagePullSecret === undefined
        ? undefined
        : new RegistryLogin("registry", { login: config.imagePullSecret, ...common }, { parent: this });

    const workloads = new Map<string, Workload>();
    for (const component of components) {
      // Called components come first: the DNS would cache that their names do not exist.
      const called = component.calls.flatMap(({ to }) => workloads.get(to) ?? []);
      const workload = new Workload(
        component.name,
        {
          component,
          image: podImage(component, build, this),
          nodeSelector: nodesFor(component, build),
          servedPorts: servedPorts(component, components),
          storageClass: config.storageClass,
          autoscale: component.autoscaled ? config.autoscale : undefined,
          ...(component.priority === "high" ? { priorityClassName: priority.metadata.name } : {}),
          ...(login === undefined ? {} : { imagePullSecret: login.secretName }),
          preStopSeconds: config.dnsTtl + dnsLagSeconds,
          dependsOn: [policies, ...called],
          ...common,
        },
        { parent: this },
      );
      workloads.set(component.name, workload);
    }

    for (const component of exposed) {
      const service = new ExposedService(
        exposedName(component.name),
        {
          component,
          config,
          annotations: isSite(component) ? config.serviceAnnotations : {},
          nodeAddress,
          ...common,
        },
        { parent: this },
      );
      this.#exposed.set(component.name, service);
    }
    const { ingressHost: host } = config;
    if (host !== undefined) {
      new SiteIngress("site", { host, config, service: exposedName("nginx"), ...common }, { parent: this });
    }
    this.registerOutputs();
  }

  /** The URL of a component's port outside of the cluster; undefined where the component is not exposed. */
  url(component: ComponentName, port: number, scheme: "http" | "https" = "http"): Output<string> | undefined {
    return this.#exposed.get(component)?.url(port, scheme);
  }
}

function isSite({ published }: Component): boolean {
  return published.some(({ audience }) => audience === "visitors");
}

/** A node port is open to everybody who reaches the node, so the operators' pages have one only on request. */
function isExposed({ published }: Component, { operatorNodePorts }: Pick<Config, "operatorNodePorts">) {
  return published.some(({ audience }) => audience === "visitors" || operatorNodePorts);
}

function exposedName(component: ComponentName) {
  return `${component}-public`;
}

function nodesFor(component: Component, build: Build | undefined): Record<string, string> {
  return {
    "kubernetes.io/os": "linux",
    ...(build === undefined || !isBuilt(component)
      ? {}
      : { "kubernetes.io/arch": build.platform.replace(/^linux\//, "") }),
  };
}
