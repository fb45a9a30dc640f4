/**
 * The pinned images of the components and of the stages of the service's Dockerfile. No other place names their versions.
 * `npm run outdated` lists those that have newer ones.
 */
export const pinnedImages = {
  node: "node:24.21.0-bookworm-slim",
  busybox: "busybox:1.37.0-musl",
  redis: "redis:8.0.6-alpine",
  nginx: "nginx:1.30.6-alpine",
  nginxExporter: "nginx/nginx-prometheus-exporter:1.5.1",
  redisExporter: "oliver006/redis_exporter:v1.86.0-alpine",
  prometheus: "prom/prometheus:v3.5.3",
  grafana: "grafana/grafana:13.1.2",
} as const;

/** The images of kind's cluster: its node, whose tag is the version of Kubernetes, and a registry beside it. */
export const clusterImages = { node: "kindest/node:v1.34.0", registry: "registry:2" } as const;

export type ImageName = keyof typeof pinnedImages;

/** The value of `resume:images.grafana` that leaves Grafana out of the stack. */
export const disabled = "none";

/** The first part of the name of every image that the stack builds. */
export const builtImages = "resume-stack";
