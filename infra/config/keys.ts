import { z } from "zod";
import {
  alertContacts,
  annotations,
  autoscale,
  boolean,
  contentFolder,
  decimalNumber,
  dnsName,
  dnsServer,
  dockerLogins,
  hostAddress,
  hostPort,
  images,
  type Kind,
  namespaceName,
  networks,
  oneOf,
  optional,
  origin,
  registry,
  rotations,
  seconds,
  timeToLive,
  tls,
  wholeNumber,
} from "./values.ts";

/** Where a stack can run: each is a folder of infra/targets. */
const targets = ["docker", "kubernetes"] as const;
export type TargetName = (typeof targets)[number];

const maxReplicas = 64;

/** What the docs say of a key, beside its default and the allowed values. */
interface Facts {
  /** One or more sentences for docs/config.md. */
  means: string;
  /** The one target that uses it. */
  target?: TargetName;
  /**
   * A list: the parts that must be set with `--secret`, as paths below the key, where `*` is any name and "" is the whole
   * value; no error shows the key's value. "allowed": it may be set with `--secret`, since its value gets into environments
   * and config files only. Other keys refuse `--secret`.
   */
  secret?: readonly string[] | "allowed";
}

/** A row of the table. */
export interface KeyFacts extends Facts {
  /** The text that stands for a key that is not set. */
  default: string;
  /** What is allowed, in words. */
  allowed: string;
}

const facts = new Map<z.ZodType, KeyFacts>();

function key<Schema extends z.ZodType>(text: string, { allowed, schema }: Kind<Schema>, own: Facts): Schema {
  facts.set(schema, { default: text, allowed, ...own });
  return schema;
}

const onKubernetes = { target: "kubernetes" } as const;

/** The table of all keys: the default, the kind of value, and what it means. */
export const configSchema = z.object({
  target: key("docker", oneOf(targets, " or "), { means: "Where the stack runs." }),
  replicas: key("4", wholeNumber(1, maxReplicas), { means: "How many replicas of the service run." }),
  content: key("service/content", contentFolder(), {
    means:
      "The folder that is published: your [content](content.md). With `resume:images` for `resume` it is not used.",
  }),
  port: key("8080", hostPort(), { means: "The host port of the site; on Kubernetes the port of its Service." }),
  bindAddress: key("127.0.0.1", hostAddress(), {
    target: "docker",
    means: "The address that the site is published on.",
  }),
  operatorBindAddress: key("127.0.0.1", hostAddress(), {
    target: "docker",
    means: "The address that Grafana and Prometheus are published on. Prometheus has no sign-in.",
  }),
  grafanaPort: key("3000", hostPort(), { means: "The host port of Grafana." }),
  prometheusPort: key("9090", hostPort(), { means: "The host port of Prometheus." }),
  imageRegistry: key("", optional(registry()), {
    means: "The prefix of every pinned image, such as the address of a mirror.",
  }),
  images: key("{}", images(), { means: "Images that replace a component's pinned one." }),
  cpus: key("1.0", decimalNumber(0.1, 64), { means: "The processors that one replica may use." }),
  memoryMb: key("1024", wholeNumber(128, 65_536, "MiB"), {
    means: "The memory that one replica may use. A quarter of it, at least 64 MiB, is for its heap.",
  }),
  nofile: key("65535", wholeNumber(4096, 1_048_576), {
    means: "The files and connections that one container may have open.",
  }),
  sessionTtl: key("1h", timeToLive(), { secret: "allowed", means: "How long an unused session is kept." }),
  cacheTtl: key("60s", timeToLive(), { secret: "allowed", means: "How long expensive results are cached." }),
  tls: key("", optional(tls()), {
    secret: ["key"],
    means: "Serves the site by HTTPS (HTTP/1.1, 2 and 3); plain HTTP then redirects there.",
  }),
  tlsPort: key("8443", hostPort(), { means: "The host port of the site by HTTPS." }),
  trustedProxies: key("", networks(), {
    target: "docker",
    secret: "allowed",
    means:
      "Proxies in front of nginx, such as a CDN or a load balancer that ends TLS, whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted. On Kubernetes the Ingress is trusted.",
  }),
  alerts: key("", optional(alertContacts()), {
    secret: ["webhook", "email.password"],
    means: "Who is notified when an alert fires. Needs Grafana.",
  }),
  publicUrl: key("", optional(origin()), {
    secret: "allowed",
    means: "The site's public address, for canonical links and the sitemap.",
  }),
  rotated: key("{}", rotations(), {
    means: "How often each secret that the stack generates was rotated; `npm run rotate` counts.",
  }),
  namespace: key("", optional(namespaceName()), {
    ...onKubernetes,
    means: "The namespace that the stack creates; without it `<project>-<stack>`.",
  }),
  pushRegistry: key("", optional(registry()), {
    ...onKubernetes,
    means: "The registry that the service's image is pushed to; without it `imageRegistry`.",
  }),
  imagePullSecret: key("", optional(dockerLogins()), {
    ...onKubernetes,
    secret: ["auths.*.auth", "auths.*.password", "auths.*.identitytoken", "auths.*.registrytoken"],
    means: "The credentials that the cluster's nodes pull images with, where they need any.",
  }),
  serviceType: key("ClusterIP", oneOf(["ClusterIP", "NodePort", "LoadBalancer"], ", "), {
    ...onKubernetes,
    means: "How the site is reached from outside of the cluster.",
  }),
  operatorNodePorts: key("false", boolean(), {
    ...onKubernetes,
    means: "With `NodePort`: whether Prometheus, which has no sign-in, and Grafana have node ports, too.",
  }),
  serviceAnnotations: key("{}", annotations(), {
    ...onKubernetes,
    means: "Annotations of the site's Service, for instance for the cloud's load balancer.",
  }),
  ingressHost: key("", optional(dnsName("a host name")), {
    ...onKubernetes,
    means: "The host name of an Ingress for the site; without it there is no Ingress.",
  }),
  ingressClass: key("", optional(dnsName("the name of an IngressClass")), {
    ...onKubernetes,
    means: "The class of the Ingress; without it the cluster's default.",
  }),
  ingressAnnotations: key("{}", annotations(), {
    ...onKubernetes,
    means: "Annotations of the Ingress, for its controller.",
  }),
  tlsSecret: key("", optional(dnsName("the name of a Secret")), {
    ...onKubernetes,
    means: "The Secret in the stack's namespace that holds the Ingress' certificate.",
  }),
  storageClass: key("", optional(dnsName("the name of a StorageClass")), {
    ...onKubernetes,
    means:
      "The class of the volumes; without it the cluster's default. A volume keeps its class: changing it needs a `destroy` first, which deletes the data.",
  }),
  autoscale: key("", optional(autoscale(maxReplicas)), {
    ...onKubernetes,
    means: "Scales the replicas with the load; `replicas` is then the minimum.",
  }),
  dnsService: key("kube-dns.kube-system.svc.cluster.local", dnsServer(), {
    ...onKubernetes,
    means:
      "The cluster's DNS, where nginx looks up the replicas. Its DOMAIN is the cluster's; with an address, the cluster's is `cluster.local`.",
  }),
  dnsTtl: key("30s", seconds(1, 300), {
    ...onKubernetes,
    means: "How long the cluster's DNS may return an outdated answer. A replica serves this long after SIGTERM.",
  }),
});

export type ConfigKey = keyof z.output<typeof configSchema>;

export function isConfigKey(name: string): name is ConfigKey {
  return Object.hasOwn(configSchema.shape, name);
}

export function factsOf(name: ConfigKey): KeyFacts {
  const found = facts.get(configSchema.shape[name]);
  if (found === undefined) {
    throw new Error(`the table of keys has no row for ${name}`);
  }
  return found;
}

/** All keys, in the order of the table. */
export const configKeys: readonly ConfigKey[] = Object.keys(configSchema.shape).filter(isConfigKey);
