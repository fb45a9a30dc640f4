import { parseServiceName, type ServiceName } from "../../config/service-name.ts";
import type { Discovery } from "../../system/component.ts";
import type { ComponentName } from "../../system/names.ts";

/** The DNS' namespace and the cluster's domain where the DNS is known by an address only. */
const defaults = { namespace: "kube-system", domain: "cluster.local" };

export function dnsNamespace(dnsService: string): string {
  return (parseServiceName(dnsService) ?? defaults).namespace;
}

export function clusterDomain(dnsService: string): string {
  return (parseServiceName(dnsService) ?? defaults).domain;
}

/** A Service's fully qualified host name. */
export function serviceHost({ service, namespace, domain }: ServiceName) {
  return `${service}.${namespace}.svc.${domain}`;
}

/**
 * The cluster's own DNS. Names are fully qualified, because nginx has no search list.
 *
 * @param dnsService nginx' resolver; nginx resolves a host name at its start
 */
export function clusterDiscovery(namespace: string, dnsService: string): Discovery {
  return {
    resolver: dnsService,
    host: (component: ComponentName) =>
      serviceHost({ service: component, namespace, domain: clusterDomain(dnsService) }),
  };
}
