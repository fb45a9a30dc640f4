import { interpolate } from "@pulumi/pulumi";
import { exported } from "../../prometheus/exported.ts";
import { jobNames } from "../../prometheus/names.ts";
import type { Config } from "../config/config.ts";
import type { Component, Discovery, Secrets } from "./component.ts";
import { ports, redisAuth, redisCli, redisConfigFile } from "./names.ts";
import { type ImageConfig, image } from "./reference.ts";

const memoryMb = 256;

/**
 * Messages, sessions and cached data. Every write is on disk before its answer, so a crash loses nothing; a write takes
 * 1 ms instead of 0.1 ms, and writes are rare. Keys with a TTL are evicted first when memory is full.
 */
export function redis(config: ImageConfig & Pick<Config, "nofile">, secrets: Secrets): Component {
  return {
    name: "redis",
    image: image(config, "redis"),
    replicas: 1,
    command: ["redis-server", redisConfigFile],
    env: {},
    files: [
      {
        path: redisConfigFile,
        content: interpolate`port ${ports.redis}
bind *
requirepass ${secrets("redisPassword")}
dir /data
appendonly yes
appendfsync always
save ""
maxmemory ${Math.floor(memoryMb * 0.75)}mb
maxmemory-policy volatile-ttl
maxclients 4096
`,
      },
    ],
    // Room for a second append-only file: a rewrite creates it beside the old one.
    data: [{ name: "data", path: "/data", sizeGb: 2 }],
    scratch: ["/tmp"],
    user: { uid: 999, gid: 1000 },
    health: {
      kind: "command",
      command: `${redisAuth} ${redisCli} ping | grep -q PONG`,
    },
    calls: [],
    published: [],
    limits: { cpus: 1, memoryMb, nofile: config.nofile },
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    sysctls: { "net.core.somaxconn": "1024" },
    priority: "high",
  };
}

/** Exports Redis' INFO as Prometheus metrics. */
export function redisExporter(config: ImageConfig, discovery: Discovery, secrets: Secrets): Component {
  return {
    name: "redis-exporter",
    image: image(config, "redisExporter"),
    replicas: 1,
    env: {
      REDIS_ADDR: `redis://${discovery.host("redis")}:${ports.redis}`,
      REDIS_PASSWORD: secrets("redisPassword"),
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `:${ports.redisExporter}`,
      REDIS_EXPORTER_LOG_FORMAT: "json",
    },
    files: [],
    data: [],
    scratch: [],
    user: { uid: 59000, gid: 59000 },
    health: { kind: "http", port: ports.redisExporter, path: "/health" },
    metrics: {
      job: jobNames.redis,
      port: ports.redisExporter,
      path: "/metrics",
      keep: Object.values(exported.redis),
    },
    calls: [{ to: "redis", port: ports.redis }],
    published: [],
    limits: { cpus: 0.5, memoryMb: 64, nofile: 1024 },
    stop: { signal: "SIGTERM", graceSeconds: 5 },
    sysctls: {},
  };
}
