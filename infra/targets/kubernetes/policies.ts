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

/** Where the cluster's DNS is asked. */
export interface DnsServer {
  /** Name of its Service, or its address. */
  service: string;
  /** IPv4. Some network plugins look at whom a pod asks, others at the pod that then answers. */
  addresses: readonly string[];
}

export interface PoliciesArgs {
  components: readonly Component[];
  /** Those that take connections from outside of the stack. */
  exposed: ReadonlySet<ComponentName>;
  dns: DnsServer;
  namespace: Output<string>;
  labels: Labels;
  inNamespace: CustomResourceOptions;
}

/** Who may talk to whom: nobody to nobody, but for the arrows of the description and the DNS. Held by the cluster's network plugin, where it can. */
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

/** The port of the pod behind the DNS Service counts, too: one that does not run as root listens above 1024. */
const dnsPorts = [53, 1053, 5353].flatMap((port) => ["UDP", "TCP"].map((protocol) => ({ port, protocol })));

/** The cluster's own DNS: its pods, its Service, and what answers in its place on each node, at a link-local address or the Service's own. */
const dnsRule = ({ service, addresses }: DnsServer): types.input.networking.v1.NetworkPolicyEgressRule => ({
  to: [
    { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": dnsNamespace(service) } } },
    ...["169.254.0.0/16", ...addresses.map((address) => `${address}/32`)].map((cidr) => ({ ipBlock: { cidr } })),
  ],
  ports: dnsPorts,
});

const peer = (component: ComponentName) => ({ podSelector: { matchLabels: selectorOf(component) } });

const callers = (
  component: Component,
  all: readonly Component[],
): types.input.networking.v1.NetworkPolicyIngressRule[] =>
  all.flatMap(({ name, calls }) =>
    calls
      .filter(({ to }) => to === component.name)
      .map(({ port }) => ({ from: [peer(name)], ports: [{ port, protocol: "TCP" }] })),
  );

const called = ({ calls }: Component): types.input.networking.v1.NetworkPolicyEgressRule[] =>
  calls.map(({ to, port }) => ({
    ...(to === "outside" ? {} : { to: [peer(to)] }),
    ports: [{ port, protocol: "TCP" }],
  }));

/** No `from`: from everywhere. */
const anybody = (component: Component): types.input.networking.v1.NetworkPolicyIngressRule => ({
  ports: publishedPorts(component).map(({ port, protocol }) => ({ port, protocol })),
});
