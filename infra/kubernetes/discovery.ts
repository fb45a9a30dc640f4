import type { ComponentName, Discovery } from "../system/component.ts";

/** The name under which a Service is found from everywhere in the cluster. */
export const serviceHost = (service: string, namespace: string) => `${service}.${namespace}.svc.cluster.local`;

/**
 * The cluster's own DNS. Full names, because nginx knows no search list.
 *
 * @param dnsService where nginx asks; it finds a host name's address at its start, as any program does
 */
export const clusterDiscovery = (namespace: string, dnsService: string): Discovery => ({
  resolver: dnsService,
  host: (component: ComponentName) => serviceHost(component, namespace),
});
