import type { Config } from "./config.ts";
import { namespace, refusal } from "./errors.ts";
import type { ConfigPort } from "./ports.ts";

/** Errors in values that can't be combined on Kubernetes. */
export function validateKubernetes(config: Config): string[] {
  const { autoscale, imageRegistry, images, ingressHost, pushRegistry, replicas, serviceType, tls, tlsSecret } = config;
  const errors: string[] = [];
  if (images.resume === undefined && imageRegistry === undefined && pushRegistry === undefined) {
    errors.push(
      refusal(
        "pushRegistry",
        "",
        `with ${namespace}:target kubernetes a registry that the cluster pulls the service's image from, unless ${namespace}:imageRegistry or ${namespace}:images.resume names one`,
      ),
    );
  }
  if (autoscale !== undefined && autoscale.max < replicas) {
    errors.push(refusal("autoscale", JSON.stringify(autoscale), `a max of at least ${namespace}:replicas`));
  }
  if (tlsSecret !== undefined && ingressHost === undefined) {
    errors.push(refusal("tlsSecret", tlsSecret, `nothing without ${namespace}:ingressHost`));
  }
  if (tls !== undefined && ingressHost !== undefined) {
    errors.push(
      refusal("ingressHost", ingressHost, `nothing while ${namespace}:tls is set: the Ingress itself ends TLS`),
    );
  }
  if (ingressHost !== undefined && serviceType !== "ClusterIP") {
    errors.push(
      refusal(
        "ingressHost",
        ingressHost,
        `nothing while ${namespace}:serviceType is ${serviceType}: who comes past the Ingress could say to be anybody`,
      ),
    );
  }
  if (config.operatorNodePorts && serviceType !== "NodePort") {
    errors.push(
      refusal(
        "operatorNodePorts",
        "true",
        `false while ${namespace}:serviceType is ${serviceType}; use kubectl port-forward`,
      ),
    );
  }
  if (serviceType === "NodePort") {
    errors.push(...nodePorts(config));
  } else if (tls !== undefined && config.tlsPort === 0) {
    // Redirects name it, so it must be known before.
    errors.push(refusal("tlsPort", 0, `with ${namespace}:target kubernetes a port from 1 to 65535`));
  }
  return errors;
}

const firstNodePort = 30_000;
const lastNodePort = 32_767;

function nodePorts(config: Config): string[] {
  const used: ConfigPort[] = [
    "port",
    ...(config.operatorNodePorts ? (["grafanaPort", "prometheusPort"] as const) : []),
  ];
  const range = `with ${namespace}:serviceType NodePort a port from ${firstNodePort} to ${lastNodePort}`;
  const fits = (port: number) => port >= firstNodePort && port <= lastNodePort;
  const errors = used
    .filter((name) => config[name] !== 0 && !fits(config[name]))
    .map((name) => refusal(name, config[name], `${range}, or 0 for one that the cluster picks`));
  // Redirects name it, so the cluster can't pick it.
  if (config.tls !== undefined && !fits(config.tlsPort)) {
    errors.push(refusal("tlsPort", config.tlsPort, range));
  }
  return errors;
}
