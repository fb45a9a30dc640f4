import { builtImages } from "../../lib/images.ts";
import { jobNames } from "../../prometheus/names.ts";
import type { Config } from "../config/config.ts";
import { buildContext, type Replaced } from "./build-context.ts";
import type { Component, Discovery, ImageSource, Secrets } from "./component.ts";
import { isOwn } from "./content.ts";
import { ports } from "./names.ts";
import { type ImageConfig, imageReference } from "./reference.ts";
import { configValue } from "./secrets.ts";

/** How long a replica accepts connections after SIGTERM, in seconds: longer than nginx keeps a DNS answer. */
const drainSeconds = 2;

/**
 * V8 heap limit in MiB: a quarter of the container's memory, where V8's default is half. By default that is eight times
 * the heap under heavy load, and leaves room for memory outside of the heap.
 */
function heapMb(memoryMb: number) {
  return Math.max(64, Math.floor(memoryMb / 4));
}

/** The Koa résumé service: N equal replicas behind nginx. */
export function resume(config: Config, discovery: Discovery, secrets: Secrets): Component {
  const source = serviceImage(config);
  return {
    name: "resume",
    image: source,
    replicas: config.replicas,
    env: {
      PORT: String(ports.resume),
      VERSION: source.kind === "build" ? source.contentHash : source.reference,
      REDIS_HOST: discovery.host("redis"),
      REDIS_PORT: String(ports.redis),
      REDIS_PASSWORD: secrets("redisPassword"),
      SESSION_KEY: secrets("sessionKey"),
      SESSION_TTL_SECONDS: configValue(config, "sessionTtl", String(config.sessionTtl)),
      CACHE_TTL_SECONDS: configValue(config, "cacheTtl", String(config.cacheTtl)),
      DRAIN_SECONDS: String(drainSeconds),
      NODE_OPTIONS: `--max-old-space-size=${heapMb(config.memoryMb)}`,
      ...(config.publicUrl === undefined ? {} : { PUBLIC_URL: configValue(config, "publicUrl", config.publicUrl) }),
    },
    files: [],
    data: [],
    scratch: ["/tmp"],
    user: { uid: 10001, gid: 10001 },
    health: { kind: "http", port: ports.resume, path: "/health" },
    metrics: { job: jobNames.resume, port: ports.resume, path: "/metrics" },
    calls: [{ to: "redis", port: ports.redis }],
    published: [],
    limits: { cpus: config.cpus, memoryMb: config.memoryMb, nofile: config.nofile },
    stop: { signal: "SIGTERM", graceSeconds: 20 },
    sysctls: { "net.core.somaxconn": "8192" },
    autoscaled: true,
  };
}

/** The folder that is published, if it is not the service's own. */
function replacedContent(folder: string): Replaced | undefined {
  return isOwn(folder) ? { name: "content", by: folder } : undefined;
}

function serviceImage(config: ImageConfig & Pick<Config, "content">): ImageSource {
  if (config.images.resume !== undefined) {
    return { kind: "reference", reference: config.images.resume };
  }
  const args = { NODE_IMAGE: imageReference(config, "node"), BUSYBOX_IMAGE: imageReference(config, "busybox") };
  return {
    kind: "build",
    repository: `${builtImages}/service`,
    args,
    ...buildContext("service", args, replacedContent(config.content)),
  };
}
