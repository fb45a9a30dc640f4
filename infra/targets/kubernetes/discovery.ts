import { parseServiceName, type ServiceName } from "../../config/service-name.ts";
import type { Discovery } from "../../system/component.ts";
import type { ComponentName } from "../../system/names.ts";

/** Where the cluster's DNS runs, and what its names end with, when the DNS is known by an address only. */
const defaults = { namespace: "kube-system", domain: "cluster.local" };

export const dnsNamespace = (dnsService: string): string => (parseServiceName(dnsService) ?? defaults).namespace;

export const clusterDomain = (dnsService: string): string => (parseServiceName(dnsService) ?? defaults).domain;

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
