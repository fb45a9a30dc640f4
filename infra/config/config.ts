import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { RunError } from "@pulumi/pulumi/errors.js";
import { duration } from "../../lib/duration.ts";
import { serviceNamed } from "../targets/kubernetes/discovery.ts";
import { type ImageName, leaveOut, pinnedImages } from "../../lib/images.ts";

/** The configuration namespace: every key below is set as `resume:<key>`. */
export const namespace = "resume";

/** What the program builds from: every key of the table below, parsed and checked. */
export interface Config {
  target: Target;
  replicas: number;
  /** Host ports that are published; 0 picks a free one. */
  port: number;
  grafanaPort: number;
  prometheusPort: number;
  /** The Docker host's address that the site is published on. */
  bindAddress: string;
  /** The one that Prometheus, which has no sign-in, and Grafana are published on. */
  operatorBindAddress: string;
  /** Prefix of every pinned image, without a trailing slash; none means the official source. */
  imageRegistry: string | undefined;
  images: Partial<Record<ImageOverride, string>>;
  /** Limits of one replica of the service. */
  cpus: number;
  memoryMb: number;
  /** File descriptors that one container may open. */
  nofile: number;
  sessionTtlSeconds: number;
  cacheTtlSeconds: number;
  /** What nginx shows to clients that come by TLS; none means plain HTTP only. The key is a secret. */
  tls: Tls | undefined;
  tlsPort: number;
  /** Networks of proxies that stand before nginx, in CIDR: what they say of the visitor is believed. */
  trustedProxies: readonly string[];
  /** Who is called when an alert fires, by Grafana; none means nobody. A secret. */
  alerts: Operators | undefined;
  /** Origin under which visitors find the site; pages name no full address of themselves without it. */
  publicUrl: string | undefined;
  /** How often each secret that the stack makes for itself was made anew; none means never. */
  rotated: Rotated;
  /** The keys that were set with `--secret`, or that hold a part that was. */
  secretKeys: ReadonlySet<ConfigKey>;
  kubernetes: KubernetesConfig;
}

/** What only the target Kubernetes asks for. */
export interface KubernetesConfig {
  /** The namespace that the stack makes and lives in; none means <project>-<stack>. */
  namespace: string | undefined;
  /** Where the service's image is pushed to; none means imageRegistry. */
  pushRegistry: string | undefined;
  /** A Docker config with what registries ask for; none means that the cluster's nodes may pull as they are. A secret. */
  imagePullSecret: string | undefined;
  /** How nginx is reached from outside of the cluster. */
  serviceType: ServiceType;
  /** Whether Prometheus, which has no sign-in, and Grafana have node ports, too. */
  operatorNodePorts: boolean;
  /** What the cloud wants to be told with the Service before nginx. */
  serviceAnnotations: Annotations;
  /** Host name of an Ingress before nginx; none means no Ingress. */
  ingressHost: string | undefined;
  /** None means the cluster's default. */
  ingressClass: string | undefined;
  ingressAnnotations: Annotations;
  /** A TLS Secret in the stack's namespace, for the Ingress. */
  tlsSecret: string | undefined;
  /** None means the cluster's default. */
  storageClass: string | undefined;
  /** None means that the number of replicas is fixed. */
  autoscale: Autoscale | undefined;
  /** Where nginx asks for names: the full host name of a Service, or an IPv4 address. */
  dnsService: string;
  /** How long the cluster's DNS may go on giving an answer that holds no more, in seconds. */
  dnsTtlSeconds: number;
}

export const serviceTypes = ["ClusterIP", "NodePort", "LoadBalancer"] as const;
export type ServiceType = (typeof serviceTypes)[number];

export type Annotations = Readonly<Record<string, string>>;

export interface Autoscale {
  /** As many replicas as there may be; `replicas` is the least. */
  max: number;
  /** Replicas are added while they use more than this much of `cpus` on average, in percent. */
  cpu: number;
}

export interface Tls {
  /** Certificate chain and private key in PEM. */
  certificate: string;
  key: string;
}

/** The secrets that the stack makes for itself. */
export const ownSecrets = ["redisPassword", "sessionKey", "grafanaPassword"] as const;
export type OwnSecret = (typeof ownSecrets)[number];

export const isOwnSecret = (name: string): name is OwnSecret => ownSecrets.some((known) => known === name);

export type Rotated = Readonly<Partial<Record<OwnSecret, number>>>;

export interface Operators {
  /** Gets a POST with the alerts as JSON. */
  webhook?: string;
  email?: Email;
}

/** How mail goes out; without a user the server wants none. */
export interface Email {
  to: string;
  from: string;
  /** HOST:PORT of a mail server that takes mail by SMTP. */
  smtp: string;
  user?: string;
  password?: string;
}

export const targets = ["docker", "kubernetes"] as const;
export type Target = (typeof targets)[number];

/** What `resume:images` may name: every pinned image, and `resume` for a service image that was built elsewhere. */
export type ImageOverride = ImageName | "resume";

const imageOverrides: ReadonlySet<string> = new Set<string>([...Object.keys(pinnedImages), "resume"]);

/** One row of the table: how a key is documented and how its text becomes a value. */
interface Key<T> {
  default: string;
  allowed: string;
  /** Its value is not to be shown, in a sentence neither. */
  secret?: true;
  /** It may be set with `--secret`, as its value gets into environments and config files only. */
  hideable?: true;
  /** The one target that has a use for it. */
  only?: Target;
  /** Gives the value, or nothing where the text is not allowed. */
  parse: (text: string) => T | undefined;
}

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined;
};

const decimal = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  return /^\d+(\.\d{1,2})?$/.test(text) && value >= least && value <= most ? value : undefined;
};

const mostReplicas = 64;

const imageReference = (text: string) => /^[a-z0-9][\w.:/@-]*$/i.test(text);

const images = (text: string): Config["images"] | undefined => {
  const value = objectIn(text);
  if (value === undefined) return undefined;
  const overrides: Config["images"] = {};
  for (const [name, reference] of Object.entries(value)) {
    if (!isImageOverride(name) || typeof reference !== "string" || !imageReference(reference)) return undefined;
    if (reference === leaveOut && name !== "grafana") return undefined;
    overrides[name] = reference;
  }
  return overrides;
};

const tls = (text: string): Tls | "none" | undefined => {
  if (text === "") return "none";
  const { certificate, key, ...others } = objectIn(text) ?? {};
  if (typeof certificate !== "string" || typeof key !== "string" || Object.keys(others).length > 0) return undefined;
  return isKeyPair(certificate, key) ? { certificate, key } : undefined;
};

const isKeyPair = (certificate: string, key: string): boolean => {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    // Not PEM, or not of the kind that it should be: either way it is no pair.
    return false;
  }
};

const operators = (text: string): Operators | "none" | undefined => {
  if (text === "") return "none";
  const { webhook, email, ...others } = objectIn(text) ?? {};
  if (Object.keys(others).length > 0 || (webhook === undefined && email === undefined)) return undefined;
  const read: Operators = {};
  if (webhook !== undefined) {
    if (typeof webhook !== "string" || !/^https?:\/\//.test(webhook) || !URL.canParse(webhook)) return undefined;
    read.webhook = webhook;
  }
  if (email !== undefined) {
    const known = emailIn(email);
    if (known === undefined) return undefined;
    read.email = known;
  }
  return read;
};

const emailIn = (value: unknown): Email | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  const { to, from, smtp, user, password, ...others }: Record<string, unknown> = { ...value };
  if (!isAddress(to) || !isAddress(from) || typeof smtp !== "string") return undefined;
  const [, port = ""] = /^[\w.-]+:(\d{1,5})$/.exec(smtp) ?? [];
  if (wholeNumber(1, 65_535)(port) === undefined) return undefined;
  if (Object.keys(others).length > 0) return undefined;
  if (user === undefined && password === undefined) return { to, from, smtp };
  return typeof user === "string" && typeof password === "string" ? { to, from, smtp, user, password } : undefined;
};

const isAddress = (value: unknown): value is string => typeof value === "string" && /^[^\s@;,]+@[^\s@;,]+$/.test(value);

const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;

/** The object in a JSON text; nothing where there is none. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Networks in CIDR, with commas between them. */
const networks = (text: string): string[] | undefined => {
  const found = text === "" ? [] : text.split(",").map((part) => part.trim());
  return found.every(isNetwork) ? found : undefined;
};

const isNetwork = (text: string) => {
  const [, address = "", bits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits) <= (version === 4 ? 32 : 128);
};

const isOrigin = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** A name that Kubernetes takes for a namespace: it may be part of a host name. */
export const isNamespaceName = (text: string) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

const isDnsName = (text: string) => text.length <= 253 && text.split(".").every(isNamespaceName);

const dnsName = { parse: (text: string) => (text === "" || isDnsName(text) ? text : undefined) };

const registry = {
  default: "",
  allowed: "a registry's host with an optional port and path, without a scheme and without a slash at its end",
  parse: (text: string) => (text === "" || /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[\w.-]+)*$/i.test(text) ? text : undefined),
};

/** Only the logins of it: what else a Docker config has is for the machine that it is from. */
const dockerLogins = (text: string): string | undefined => {
  if (text === "") return "";
  const auths = objectOf(objectIn(text)?.auths);
  const logins = Object.values(auths ?? {}).map((login) => objectOf(login) ?? {});
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  const isLogin = ({ auth, username, password }: Record<string, unknown>) =>
    isText(auth) || (isText(username) && isText(password));
  return logins.length > 0 && logins.every(isLogin) ? JSON.stringify({ auths }) : undefined;
};

const annotations = (text: string): Annotations | undefined => {
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(objectIn(text) ?? { none: undefined })) {
    if (typeof value !== "string" || !/^([a-z0-9.-]+\/)?[\w.-]+$/i.test(name)) return undefined;
    read[name] = value;
  }
  return read;
};

/** What a cluster should have in reserve before more replicas are there, in percent: at 70 a third comes on top. */
const usualCpu = 70;

const autoscale = (text: string): Autoscale | "none" | undefined => {
  if (text === "") return "none";
  const { max, cpu = usualCpu, ...others } = objectIn(text) ?? {};
  const whole = (value: unknown, least: number, most: number): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  if (Object.keys(others).length > 0 || !whole(max, 1, mostReplicas) || !whole(cpu, 10, 100)) return undefined;
  return { max, cpu };
};

const rotated = (text: string): Rotated | undefined => {
  const read: Partial<Record<OwnSecret, number>> = {};
  for (const [name, count] of Object.entries(objectIn(text) ?? { none: undefined })) {
    if (!isOwnSecret(name) || typeof count !== "number" || !Number.isSafeInteger(count) || count < 1) return undefined;
    read[name] = count;
  }
  return read;
};

const isImageOverride = (name: string): name is ImageOverride => imageOverrides.has(name);

const hostPort = {
  allowed: "a port number from 1 to 65535, or 0 for a free one",
  parse: wholeNumber(0, 65_535),
};
const ttl = { allowed: "a whole number with s, m, h or d, from 1s to 365d", parse: duration };

/** Every key of the stack's config, in the order in which the README shows them. */
export const keys = {
  target: {
    default: "docker",
    allowed: targets.join(" or "),
    parse: (text) => targets.find((target) => target === text),
  } satisfies Key<Target>,
  replicas: {
    default: "4",
    allowed: `a whole number from 1 to ${mostReplicas}`,
    parse: wholeNumber(1, mostReplicas),
  } satisfies Key<number>,
  port: { default: "8080", ...hostPort } satisfies Key<number>,
  bindAddress: {
    default: "127.0.0.1",
    allowed: "an IP address of the Docker host, or 0.0.0.0 for all of them",
    only: "docker",
    parse: (text) => (isIP(text) === 0 ? undefined : text),
  } satisfies Key<string>,
  operatorBindAddress: {
    default: "127.0.0.1",
    allowed: "an IP address of the Docker host, or 0.0.0.0 for all of them",
    only: "docker",
    parse: (text) => (isIP(text) === 0 ? undefined : text),
  } satisfies Key<string>,
  grafanaPort: { default: "3000", ...hostPort } satisfies Key<number>,
  prometheusPort: { default: "9090", ...hostPort } satisfies Key<number>,
  imageRegistry: registry satisfies Key<string>,
  images: {
    default: "{}",
    allowed: `an object of image references for ${[...imageOverrides].join(", ")} (grafana may be "${leaveOut}")`,
    parse: images,
  } satisfies Key<Config["images"]>,
  cpus: {
    default: "1.0",
    allowed: "a number from 0.1 to 64 with at most two decimals",
    parse: decimal(0.1, 64),
  } satisfies Key<number>,
  memoryMb: {
    default: "1024",
    allowed: "a whole number of MiB from 128 to 65536",
    parse: wholeNumber(128, 65_536),
  } satisfies Key<number>,
  nofile: {
    default: "65535",
    allowed: "a whole number from 4096 to 1048576",
    parse: wholeNumber(4096, 1_048_576),
  } satisfies Key<number>,
  sessionTtl: { default: "1h", hideable: true, ...ttl } satisfies Key<number>,
  cacheTtl: { default: "60s", hideable: true, ...ttl } satisfies Key<number>,
  tls: {
    default: "",
    allowed: "an object with a certificate and the key that belongs to it, both in PEM",
    secret: true,
    parse: tls,
  } satisfies Key<Tls | "none">,
  tlsPort: { default: "8443", ...hostPort } satisfies Key<number>,
  trustedProxies: {
    default: "",
    allowed: "networks such as 192.0.2.0/24 or 2001:db8::/32, with commas between them",
    hideable: true,
    only: "docker",
    parse: networks,
  } satisfies Key<string[]>,
  alerts: {
    default: "",
    allowed:
      "an object with webhook (an http:// or https:// address), email (to, from, smtp as HOST:PORT, and where needed user and password), or both",
    secret: true,
    parse: operators,
  } satisfies Key<Operators | "none">,
  publicUrl: {
    default: "",
    allowed: "an http:// or https:// address without a path",
    hideable: true,
    parse: (text) => (text === "" || isOrigin(text) ? text : undefined),
  } satisfies Key<string>,
  rotated: {
    default: "{}",
    allowed: `an object with a whole number from 1 for any of ${ownSecrets.join(", ")}`,
    parse: rotated,
  } satisfies Key<Rotated>,
  namespace: {
    default: "",
    allowed: "small letters, digits and hyphens, at most 63",
    only: "kubernetes",
    parse: (text) => (text === "" || isNamespaceName(text) ? text : undefined),
  } satisfies Key<string>,
  pushRegistry: { ...registry, only: "kubernetes" } satisfies Key<string>,
  imagePullSecret: {
    default: "",
    allowed: "a Docker config with auths, each with auth or with username and password",
    secret: true,
    only: "kubernetes",
    parse: dockerLogins,
  } satisfies Key<string>,
  serviceType: {
    default: "ClusterIP",
    allowed: serviceTypes.join(", "),
    only: "kubernetes",
    parse: (text) => serviceTypes.find((type) => type === text),
  } satisfies Key<ServiceType>,
  operatorNodePorts: {
    default: "false",
    allowed: "true or false",
    only: "kubernetes",
    parse: (text) => (text === "true" || text === "false" ? { on: text === "true" } : undefined),
  } satisfies Key<{ on: boolean }>,
  serviceAnnotations: {
    default: "{}",
    allowed: "an object of texts",
    only: "kubernetes",
    parse: annotations,
  } satisfies Key<Annotations>,
  ingressHost: { default: "", allowed: "a host name", only: "kubernetes", ...dnsName } satisfies Key<string>,
  ingressClass: {
    default: "",
    allowed: "the name of an IngressClass",
    only: "kubernetes",
    ...dnsName,
  } satisfies Key<string>,
  ingressAnnotations: {
    default: "{}",
    allowed: "an object of texts",
    only: "kubernetes",
    parse: annotations,
  } satisfies Key<Annotations>,
  tlsSecret: { default: "", allowed: "the name of a Secret", only: "kubernetes", ...dnsName } satisfies Key<string>,
  storageClass: {
    default: "",
    allowed: "the name of a StorageClass",
    only: "kubernetes",
    ...dnsName,
  } satisfies Key<string>,
  autoscale: {
    default: "",
    allowed: `an object with max (replicas, at most ${mostReplicas}) and, if other than ${usualCpu}, cpu (percent of cpus, from 10 to 100)`,
    only: "kubernetes",
    parse: autoscale,
  } satisfies Key<Autoscale | "none">,
  dnsService: {
    default: "kube-dns.kube-system.svc.cluster.local",
    allowed: "the host name of a Service, SERVICE.NAMESPACE.svc.DOMAIN, or an IPv4 address",
    only: "kubernetes",
    parse: (text) => ((isDnsName(text) && serviceNamed(text) !== undefined) || isIP(text) === 4 ? text : undefined),
  } satisfies Key<string>,
  dnsTtl: {
    default: "30s",
    allowed: "a whole number of seconds with an s, from 1s to 300s",
    only: "kubernetes",
    parse: (text) => (/^\d+s$/.test(text) ? wholeNumber(1, 300)(text.slice(0, -1)) : undefined),
  } satisfies Key<number>,
};

export type ConfigKey = keyof typeof keys;

/** The keys whose values the program hides where they were set with `--secret`. */
export type HideableKey = {
  [K in ConfigKey]: (typeof keys)[K] extends { secret: true } | { hideable: true } ? K : never;
}[ConfigKey];

const isKey = (name: string): name is ConfigKey => Object.hasOwn(keys, name);

const isHideable = (key: ConfigKey): key is HideableKey => "secret" in keys[key] || "hideable" in keys[key];

/** All that is wrong with the stack's config, a sentence a key. The Pulumi CLI shows it without a stack trace. */
export class ConfigError extends RunError {
  readonly sentences: readonly string[];

  constructor(sentences: readonly string[]) {
    super(sentences.join("\n"));
    this.sentences = sentences;
  }
}

/** The one form of a config error: which key, which value, what is allowed. */
export const refusal = (key: ConfigKey, value: string | number, allowed: string) =>
  `${namespace}:${key} is ${JSON.stringify(String(value))}; allowed: ${allowed}.`;

/** Why a key, named with its namespace, can't be a secret. */
export const shownInPlain = (key: string) =>
  `${key} is set with --secret, though its value is shown in names and settings of resources; set it with --plaintext.`;

/**
 * Parses and checks the stack's config.
 *
 * @param texts the values that are set, by key without the namespace
 * @param secrets those of the keys that were set with `--secret`
 * @throws ConfigError with one sentence for every bad or unknown key; none shows a secret
 */
export function parseConfig(texts: Readonly<Record<string, string>>, secrets: ReadonlySet<string> = new Set()): Config {
  const sentences: string[] = [];

  for (const name of Object.keys(texts)) {
    if (!Object.hasOwn(keys, name)) {
      sentences.push(`${namespace}:${name} is not a key of this program; its keys: ${Object.keys(keys).join(", ")}.`);
    }
  }

  const secretKeys = new Set([...secrets].filter(isKey));
  const shown = [...secretKeys].filter((key) => !isHideable(key));
  // Sentences about other keys could show their values, so these come alone.
  if (shown.length > 0)
    throw new ConfigError([...sentences, ...shown.map((key) => shownInPlain(`${namespace}:${key}`))]);

  const read = <T>(name: ConfigKey, key: Key<T>): T => {
    const text = texts[name] ?? key.default;
    const value = key.parse(text.trim());
    if (value !== undefined) return value;
    sentences.push(refusal(name, key.secret || secretKeys.has(name) ? "(hidden)" : text, key.allowed));
    return fallback(key);
  };

  const config: Config = {
    target: read("target", keys.target),
    replicas: read("replicas", keys.replicas),
    port: read("port", keys.port),
    bindAddress: read("bindAddress", keys.bindAddress),
    operatorBindAddress: read("operatorBindAddress", keys.operatorBindAddress),
    grafanaPort: read("grafanaPort", keys.grafanaPort),
    prometheusPort: read("prometheusPort", keys.prometheusPort),
    imageRegistry: read("imageRegistry", keys.imageRegistry) || undefined,
    images: read("images", keys.images),
    cpus: read("cpus", keys.cpus),
    memoryMb: read("memoryMb", keys.memoryMb),
    nofile: read("nofile", keys.nofile),
    sessionTtlSeconds: read("sessionTtl", keys.sessionTtl),
    cacheTtlSeconds: read("cacheTtl", keys.cacheTtl),
    tls: given(read("tls", keys.tls)),
    tlsPort: read("tlsPort", keys.tlsPort),
    trustedProxies: read("trustedProxies", keys.trustedProxies),
    alerts: given(read("alerts", keys.alerts)),
    publicUrl: read("publicUrl", keys.publicUrl) || undefined,
    rotated: read("rotated", keys.rotated),
    secretKeys,
    kubernetes: {
      namespace: read("namespace", keys.namespace) || undefined,
      pushRegistry: read("pushRegistry", keys.pushRegistry) || undefined,
      imagePullSecret: read("imagePullSecret", keys.imagePullSecret) || undefined,
      serviceType: read("serviceType", keys.serviceType),
      operatorNodePorts: read("operatorNodePorts", keys.operatorNodePorts).on,
      serviceAnnotations: read("serviceAnnotations", keys.serviceAnnotations),
      ingressHost: read("ingressHost", keys.ingressHost) || undefined,
      ingressClass: read("ingressClass", keys.ingressClass) || undefined,
      ingressAnnotations: read("ingressAnnotations", keys.ingressAnnotations),
      tlsSecret: read("tlsSecret", keys.tlsSecret) || undefined,
      storageClass: read("storageClass", keys.storageClass) || undefined,
      autoscale: given(read("autoscale", keys.autoscale)),
      dnsService: read("dnsService", keys.dnsService),
      dnsTtlSeconds: read("dnsTtl", keys.dnsTtl),
    },
  };

  if (config.alerts !== undefined && config.images.grafana === leaveOut) {
    sentences.push(
      refusal("alerts", "(hidden)", `nothing while ${namespace}:images leaves Grafana out, which would call`),
    );
  }
  sentences.push(...useless(texts, config), ...sharedPorts(config));
  if (config.target === "kubernetes") sentences.push(...unfitForCluster(config));
  if (sentences.length > 0) throw new ConfigError(sentences);
  return config;
}

const given = <T>(value: T | "none"): T | undefined => (value === "none" ? undefined : value);

/** The default's value, so that one bad key does not hide what is wrong with the others. */
function fallback<T>(key: Key<T>): T {
  const value = key.parse(key.default);
  if (value === undefined) throw new Error(`the default "${key.default}" is not allowed by its own key`);
  return value;
}

/** What is set though the target has no use for it: who set it expects something that will not happen. */
function useless(texts: Readonly<Record<string, string>>, { target, secretKeys }: Config): string[] {
  const rows: [string, { only?: Target; secret?: true; default: string }][] = Object.entries(keys);
  return rows.flatMap(([name, { only, secret, default: usual }]) => {
    const text = texts[name];
    const idle = text === undefined || text.trim() === usual || only === undefined || only === target;
    if (idle || !isKey(name)) return [];
    return [
      refusal(
        name,
        secret || secretKeys.has(name) ? "(hidden)" : text,
        `nothing while ${namespace}:target is ${target}`,
      ),
    ];
  });
}

/** What the values of several keys make impossible on a cluster. */
function unfitForCluster(config: Config): string[] {
  const { images, imageRegistry, replicas, tls, kubernetes } = config;
  const { autoscale, ingressHost, pushRegistry, serviceType, tlsSecret } = kubernetes;
  const sentences: string[] = [];
  if (images.resume === undefined && imageRegistry === undefined && pushRegistry === undefined) {
    sentences.push(
      refusal(
        "pushRegistry",
        "",
        `with ${namespace}:target kubernetes a registry that the cluster pulls the service's image from, unless ${namespace}:imageRegistry or ${namespace}:images.resume names one`,
      ),
    );
  }
  if (autoscale !== undefined && autoscale.max < replicas) {
    sentences.push(refusal("autoscale", JSON.stringify(autoscale), `a max of at least ${namespace}:replicas`));
  }
  if (tlsSecret !== undefined && ingressHost === undefined) {
    sentences.push(refusal("tlsSecret", tlsSecret, `nothing without ${namespace}:ingressHost`));
  }
  if (tls !== undefined && ingressHost !== undefined) {
    sentences.push(
      refusal("ingressHost", ingressHost, `nothing while ${namespace}:tls is set: the Ingress itself ends TLS`),
    );
  }
  if (ingressHost !== undefined && serviceType !== "ClusterIP") {
    sentences.push(
      refusal(
        "ingressHost",
        ingressHost,
        `nothing while ${namespace}:serviceType is ${serviceType}: who comes past the Ingress could say to be anybody`,
      ),
    );
  }
  if (kubernetes.operatorNodePorts && serviceType !== "NodePort") {
    sentences.push(
      refusal(
        "operatorNodePorts",
        "true",
        `false while ${namespace}:serviceType is ${serviceType}; use kubectl port-forward`,
      ),
    );
  }
  if (serviceType === "NodePort") {
    sentences.push(...nodePorts(config));
  } else if (tls !== undefined && config.tlsPort === 0) {
    // Answers name it, so it must be known before.
    sentences.push(refusal("tlsPort", 0, `with ${namespace}:target kubernetes a port from 1 to 65535`));
  }
  return sentences;
}

const firstNodePort = 30_000;
const lastNodePort = 32_767;

function nodePorts(config: Config): string[] {
  const used: ConfigPort[] = [
    "port",
    ...(config.kubernetes.operatorNodePorts ? (["grafanaPort", "prometheusPort"] as const) : []),
  ];
  const range = `with ${namespace}:serviceType NodePort a port from ${firstNodePort} to ${lastNodePort}`;
  const fits = (port: number) => port >= firstNodePort && port <= lastNodePort;
  const sentences = used
    .filter((name) => config[name] !== 0 && !fits(config[name]))
    .map((name) => refusal(name, config[name], `${range}, or 0 for one that the cluster picks`));
  // What answers name must be known before the cluster can pick it.
  if (config.tls !== undefined && !fits(config.tlsPort)) sentences.push(refusal("tlsPort", config.tlsPort, range));
  return sentences;
}

export type ConfigPort = "port" | "tlsPort" | "grafanaPort" | "prometheusPort";

/** The ports that the config has a use for, each with the address that it is published on; on a node it is every address. */
export function usedPorts(config: Config): { name: ConfigPort; address: string }[] {
  const [site, operators] =
    config.target === "docker" ? [config.bindAddress, config.operatorBindAddress] : ["0.0.0.0", "0.0.0.0"];
  return [
    { name: "port", address: site },
    ...(config.tls === undefined ? [] : [{ name: "tlsPort" as const, address: site }]),
    ...(config.images.grafana === leaveOut ? [] : [{ name: "grafanaPort" as const, address: operators }]),
    { name: "prometheusPort", address: operators },
  ];
}

/** Whether an address stands for all of its kind. */
export const isEveryAddress = (address: string): boolean => address === "0.0.0.0" || address === "::";

/** Whether one port can't be had on both addresses: they are the same, or one stands for all of the other's kind. */
export const overlap = (one: string, other: string): boolean =>
  one === other || (isIP(one) === isIP(other) && (isEveryAddress(one) || isEveryAddress(other)));

function sharedPorts(config: Config): string[] {
  const used = usedPorts(config);
  return used.flatMap(({ name, address }, index) => {
    const taken = used
      .slice(0, index)
      .find(
        (other) => config[name] !== 0 && config[name] === config[other.name] && overlap(address, other.address),
      )?.name;
    return taken === undefined ? [] : [refusal(name, config[name], `a port other than ${namespace}:${taken}`)];
  });
}
