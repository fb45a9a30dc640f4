import type { ComponentName, Discovery } from "../../system/component.ts";

/** What a Service's full host name is made of: `kube-dns.kube-system.svc.cluster.local`. */
export interface ServiceName {
  service: string;
  namespace: string;
  /** The cluster's own, below which all its names are: `cluster.local`. */
  domain: string;
}

/** The parts of a Service's full host name; nothing where it is none. */
export function serviceNamed(host: string): ServiceName | undefined {
  const [service = "", namespace = "", kind, ...domain] = host.split(".");
  return kind === "svc" && domain.length > 0 ? { service, namespace, domain: domain.join(".") } : undefined;
}

/** Where the cluster's DNS runs, and what its names end with, when the DNS is known by an address only. */
const usual = { namespace: "kube-system", domain: "cluster.local" };

export const dnsNamespace = (dnsService: string): string => (serviceNamed(dnsService) ?? usual).namespace;

export const clusterDomain = (dnsService: string): string => (serviceNamed(dnsService) ?? usual).domain;

/** The name under which a Service is found from everywhere in the cluster. */
export const serviceHost = ({ service, namespace, domain }: ServiceName) => `${service}.${namespace}.svc.${domain}`;

/**
 * The cluster's own DNS. Full names, because nginx knows no search list.
 *
 * @param dnsService where nginx asks; it finds a host name's address at its start, as any program does
 */
export const clusterDiscovery = (namespace: string, dnsService: string): Discovery => ({
  resolver: dnsService,
  host: (component: ComponentName) => serviceHost({ service: component, namespace, domain: clusterDomain(dnsService) }),
});
