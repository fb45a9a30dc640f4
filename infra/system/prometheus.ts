import { renderScrapeConfig } from "../../prometheus/config.ts";
import type { Config } from "../config.ts";
import type { Component, Discovery } from "./component.ts";
import { configFolder, ports } from "./ports.ts";
import { image } from "./reference.ts";

/** Scrapes every component that says where its metrics are, itself included. */
export function prometheus(config: Config, discovery: Discovery, scraped: readonly Component[]): Component {
  const configFile = `${configFolder}/prometheus.yml`;
  const metrics = { port: ports.prometheus, path: "/metrics" };
  return {
    name: "prometheus",
    image: image(config, "prometheus"),
    replicas: 1,
    command: [
      `--config.file=${configFile}`,
      `--web.listen-address=:${ports.prometheus}`,
      "--storage.tsdb.path=/prometheus",
      "--storage.tsdb.retention.time=15d",
      "--storage.tsdb.retention.size=2GB",
      "--log.format=json",
    ],
    env: {},
    files: [
      {
        path: configFile,
        content: renderScrapeConfig([...scraped, { name: "prometheus", metrics }], discovery),
      },
    ],
    data: [{ name: "data", path: "/prometheus" }],
    scratch: ["/tmp"],
    user: { uid: 65534, gid: 65534 },
    health: { kind: "http", port: ports.prometheus, path: "/-/healthy" },
    metrics,
    published: [{ port: ports.prometheus, hostPort: config.prometheusPort, protocols: ["tcp"] }],
    limits: { cpus: 1, memoryMb: 512, nofile: config.nofile, processes: 512 },
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    sysctls: {},
  };
}
