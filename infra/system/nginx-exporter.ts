import { builtImages } from "../../lib/images.ts";
import { exported } from "../../prometheus/exported.ts";
import { jobNames } from "../../prometheus/names.ts";
import { buildContext } from "./build-context.ts";
import type { Component, Discovery } from "./component.ts";
import { ports } from "./names.ts";
import { type ImageConfig, imageReference } from "./reference.ts";

/** Exports nginx' counters as Prometheus metrics. Its image has no program for a health check, so the stack adds one. */
export function nginxExporter(config: ImageConfig, discovery: Discovery): Component {
  const args = {
    EXPORTER_IMAGE: imageReference(config, "nginxExporter"),
    BUSYBOX_IMAGE: imageReference(config, "busybox"),
  };
  return {
    name: "nginx-exporter",
    image: {
      kind: "build",
      repository: `${builtImages}/nginx-exporter`,
      args,
      ...buildContext("nginx/exporter", args),
    },
    plainImage: args.EXPORTER_IMAGE,
    replicas: 1,
    command: [
      `--nginx.scrape-uri=http://${discovery.host("nginx")}:${ports.nginxStatus}/nginx-status`,
      `--web.listen-address=:${ports.nginxExporter}`,
      "--log.format=json",
    ],
    env: {},
    files: [],
    data: [],
    scratch: [],
    user: { uid: 1001, gid: 1001 },
    health: { kind: "http", port: ports.nginxExporter, path: "/metrics" },
    metrics: {
      job: jobNames.nginx,
      port: ports.nginxExporter,
      path: "/metrics",
      keep: Object.values(exported.nginx),
    },
    calls: [{ to: "nginx", port: ports.nginxStatus }],
    published: [],
    limits: { cpus: 0.5, memoryMb: 64, nofile: 1024 },
    stop: { signal: "SIGTERM", graceSeconds: 5 },
    sysctls: {},
  };
}
