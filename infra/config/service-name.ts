/** The parts of a Service's full host name: `kube-dns.kube-system.svc.cluster.local`. */
export interface ServiceName {
  service: string;
  namespace: string;
  /** The cluster's own domain, which ends all its names: `cluster.local`. */
  domain: string;
}

/** @returns undefined where the host name is not a Service's full one */
export function parseServiceName(host: string): ServiceName | undefined {
  const [service = "", namespace = "", kind, ...domain] = host.split(".");
  return kind === "svc" && domain.length > 0 ? { service, namespace, domain: domain.join(".") } : undefined;
}
