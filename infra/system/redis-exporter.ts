import type { Input } from "@pulumi/pulumi";
import type { Config } from "../config/config.ts";
import type { Component, Discovery } from "./component.ts";
import { ports } from "./ports.ts";
import { image } from "./reference.ts";

/** Redis' INFO as Prometheus metrics. */
export function redisExporter(config: Config, discovery: Discovery, redisPassword: Input<string>): Component {
  return {
    name: "redis-exporter",
    image: image(config, "redisExporter"),
    replicas: 1,
    env: {
      REDIS_ADDR: `redis://${discovery.host("redis")}:${ports.redis}`,
      REDIS_PASSWORD: redisPassword,
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `:${ports.redisExporter}`,
      REDIS_EXPORTER_LOG_FORMAT: "json",
    },
    files: [],
    data: [],
    scratch: [],
    user: { uid: 59000, gid: 59000 },
    health: { kind: "http", port: ports.redisExporter, path: "/health" },
    metrics: { port: ports.redisExporter, path: "/metrics" },
    calls: [{ to: "redis", port: ports.redis }],
    published: [],
    limits: { cpus: 0.5, memoryMb: 64, nofile: 1024 },
    stop: { signal: "SIGTERM", graceSeconds: 5 },
    sysctls: {},
  };
}
