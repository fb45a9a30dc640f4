import { networking, type types } from "@pulumi/kubernetes";
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Output,
} from "@pulumi/pulumi";
import type { Labels } from "../../labels.ts";
import type { Component } from "../../system/component.ts";
import type { ComponentName } from "../../system/names.ts";
import { dnsNamespace } from "./discovery.ts";
import { labelsOf, selectorOf } from "./labels.ts";
import { publishedPorts } from "./ports.ts";

/** The cluster's DNS. */
export interface DnsServer {
  /** Name of its Service, or its address. */
  service: string;
  /** IPv4. Some network plugins match the Service's address, others the pod behind it. */
  addresses: readonly string[];
}

export interface PoliciesArgs {
  components: readonly Component[];
  /** Components that accept connections from outside of the stack. */
  exposed: ReadonlySet<ComponentName>;
  dns: DnsServer;
  namespace: Output<string>;
  labels: Labels;
  inNamespace: CustomResourceOptions;
}

/** Denies all traffic but the description's calls and DNS. Enforced by the cluster's network plugin, if it supports policies. */
export class Policies extends ComponentResource {
  constructor(name: string, args: PoliciesArgs, options: ComponentResourceOptions) {
    super("resume:kubernetes:Policies", name, {}, options);
    const { components, exposed, namespace, labels } = args;
    const dns = dnsRule(args.dns);
    const inNamespace = { ...args.inNamespace, parent: this };

    new networking.v1.NetworkPolicy(
      "nothing",
      {
        metadata: { name: "nothing", namespace, labels: { ...labels } },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      inNamespace,
    );
    for (const component of components) {
      const ingress = [...callers(component, components), ...(exposed.has(component.name) ? [anybody(component)] : [])];
      new networking.v1.NetworkPolicy(
        component.name,
        {
          metadata: { name: component.name, namespace, labels: labelsOf(component.name, labels) },
          spec: {
            podSelector: { matchLabels: selectorOf(component.name) },
            policyTypes: ["Ingress", "Egress"],
            ...(ingress.length === 0 ? {} : { ingress }),
            egress: [dns, ...called(component)],
          },
        },
        inNamespace,
      );
    }
    this.registerOutputs();
  }
}

/** Includes the ports of pods behind the DNS Service, which listen above 1024 when they don't run as root. */
const dnsPorts = [53, 1053, 5353].flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol })));

/** Allows the DNS' pods, its Service, and a cache on each node, which has a link-local address or the Service's. */
function dnsRule({ service, addresses }: DnsServer): types.input.networking.v1.NetworkPolicyEgressRule {
  return {
    to: [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": dnsNamespace(service) } } },
      ...["169.254.0.0/16", ...addresses.map((address) => `${address}/32`)].map((cidr) => ({ ipBlock: { cidr } })),
    ],
    ports: dnsPorts,
  };
}

function peer(component: ComponentName) {
  return { podSelector: { matchLabels: selectorOf(component) } };
}

function callers(
  component: Component,
  all: readonly Component[],
): types.input.networking.v1.NetworkPolicyIngressRule[] {
  return all.flatMap(({ name, calls }) =>
    calls
      .filter(({ to }) => to === component.name)
      .map(({ port }) => ({ from: [peer(name)], ports: [{ port, protocol: "TCP" }] })),
  );
}

function called({ calls }: Component): types.input.networking.v1.NetworkPolicyEgressRule[] {
  return calls.map(({ to, port }) => ({
    ...(to === "outside" ? {} : { to: [peer(to)] }),
    ports: [{ port, protocol: "TCP" }],
  }));
}

/** Without `from` it allows all sources. */
function anybody(component: Component): types.input.networking.v1.NetworkPolicyIngressRule {
  return {
    ports: publishedPorts(component).map(({ port, protocol }) => ({ port, protocol })),
  };
}
