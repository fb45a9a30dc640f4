/** An Ingress is ready when a controller has given it an address and the services that it leads to have endpoints. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { listAt, textAt } from "../object.ts";
import type { Awaiter, Look, Scene } from "./wait.ts";

export const ingress: Awaiter = { timeoutSeconds: 600, start };

/** A service that has no endpoints for this long is not waited for any longer. */
const settlings = 6;

function start({ view, settleMs }: Scene): (live: Props) => Promise<Look> {
  const startedAt = performance.now();
  return async (live) => {
    const missing = await servicesWithoutEndpoints(view, live);
    if (missing.length > 0 && performance.now() - startedAt < settleMs * settlings) {
      const reasons = missing.map((name) => `the service '${name}' has no endpoints`);
      return { ready: false, status: "[1/3] Finding a matching service for each Ingress path", reasons };
    }
    if (listAt(live, "status", "loadBalancer", "ingress").length > 0) {
      return { ready: true };
    }
    return {
      ready: false,
      status: "[2/3] Waiting for update of .status.loadBalancer with hostname/IP",
      reasons: ["no ingress controller has given it an address (.status.loadBalancer)"],
    };
  };
}

async function servicesWithoutEndpoints(view: View, live: Props): Promise<string[]> {
  const namespace = textAt(live, "metadata", "namespace");
  const names = listAt(live, "spec", "rules")
    .flatMap((rule) => listAt(rule, "http", "paths"))
    .map((path) => textAt(path, "backend", "service", "name"))
    .filter((name) => name !== "");
  const missing = await Promise.all(
    [...new Set(names)].map(async (name) => {
      const service = await view.get({ apiVersion: "v1", kind: "Service", namespace, name });
      if (textAt(service, "spec", "type") === "ExternalName") {
        return [];
      }
      const labels = { "kubernetes.io/service-name": name };
      const slices = await view.list("discovery.k8s.io/v1", "EndpointSlice", namespace, labels);
      return slices.length === 0 ? [name] : [];
    }),
  );
  return missing.flat();
}
