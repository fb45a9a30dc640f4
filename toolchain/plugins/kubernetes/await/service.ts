/** A Service is ready when it leads to ready pods and has the address that its type promises. */
import type { Props } from "../../lib/values.ts";
import type { View } from "../api.ts";
import { at, listAt, propsAt, textAt } from "../object.ts";
import type { Awaiter, Look, Scene } from "./wait.ts";

export const service: Awaiter = { timeoutSeconds: 600, start };

function start({ view, settleMs }: Scene): (live: Props) => Promise<Look> {
  let lastEndpoints = "";
  let since = performance.now();
  return async (live) => {
    const reasons = hasAddress(live) ? [] : ["it was given no address; can the cluster make load balancers?"];
    if (needsNoPods(live)) {
      return reasons.length === 0
        ? { ready: true }
        : { ready: false, status: "[2/3] Attempting to allocate IP address to Service", reasons };
    }
    const endpoints = await readyEndpoints(view, live);
    if (endpoints === "") {
      const noPods = "it leads to no ready pod: the pods may not be ready, or .spec.selector fits none";
      return { ready: false, status: "[1/3] Finding Pods to direct traffic to", reasons: [noPods, ...reasons] };
    }
    if (endpoints !== lastEndpoints) {
      lastEndpoints = endpoints;
      since = performance.now();
    }
    if (reasons.length > 0) {
      return { ready: false, status: "[2/3] Attempting to allocate IP address to Service", reasons };
    }
    return performance.now() - since >= settleMs
      ? { ready: true }
      : {
          ready: false,
          status: "[1/3] Finding Pods to direct traffic to",
          reasons: ["the pods that it leads to change all the time"],
        };
  };
}

function needsNoPods(live: Props): boolean {
  return (
    textAt(live, "spec", "type") === "ExternalName" ||
    textAt(live, "spec", "clusterIP") === "None" ||
    Object.keys(propsAt(live, "spec", "selector")).length === 0
  );
}

function hasAddress(live: Props): boolean {
  return (
    textAt(live, "spec", "type") !== "LoadBalancer" || listAt(live, "status", "loadBalancer", "ingress").length > 0
  );
}

/** The addresses of the pods that traffic goes to, as one text; empty: none. */
async function readyEndpoints(view: View, live: Props): Promise<string> {
  const labels = { "kubernetes.io/service-name": textAt(live, "metadata", "name") };
  const slices = await view.list("discovery.k8s.io/v1", "EndpointSlice", textAt(live, "metadata", "namespace"), labels);
  return slices
    .flatMap((slice) => listAt(slice, "endpoints"))
    .filter((endpoint) => at(endpoint, "conditions", "ready") !== false)
    .map((endpoint) => JSON.stringify(endpoint.addresses))
    .sort()
    .join(" ");
}
