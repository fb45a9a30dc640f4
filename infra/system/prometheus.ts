import { renderScrapeConfig } from "../../prometheus/config.ts";
import { exported } from "../../prometheus/exported.ts";
import { jobNames } from "../../prometheus/names.ts";
import { objectives } from "../../prometheus/objectives.ts";
import { renderRules } from "../../prometheus/rules.ts";
import type { Config } from "../config/config.ts";
import type { Component, Discovery } from "./component.ts";
import { healthChecksPerSecond } from "./health-checks.ts";
import { configFolder, ports } from "./names.ts";
import { workerConnections } from "./nginx.ts";
import { type ImageConfig, image } from "./reference.ts";

/**
 * Retention limit. The objectives' 30 days fit with 4 replicas: 340 to 600 series each (more with more routes and commands
 * in use) and 250 others, every 5 s, are at most 530 samples a second of 1 to 2 bytes: 2.8 GB. Many more replicas shorten
 * the retention; PrometheusDiskNearLimit fires before that.
 */
const keptGb = 4;

/** Room for the write-ahead log and a running compaction. */
const unpackedGb = 2;

/** Scrapes every component that has metrics, itself included. */
export function prometheus(
  config: ImageConfig & Pick<Config, "nofile" | "prometheusPort">,
  discovery: Discovery,
  scraped: readonly Component[],
): Component {
  const configFile = `${configFolder}/prometheus.yml`;
  const ruleFile = `${configFolder}/rules.yml`;
  const metrics = {
    job: jobNames.prometheus,
    port: ports.prometheus,
    path: "/metrics",
    keep: Object.values(exported.prometheus),
  };
  const browsed = discovery.browsed?.(config.prometheusPort);
  const all: Pick<Component, "name" | "metrics">[] = [...scraped, { name: "prometheus", metrics }];
  const targets = all.flatMap(({ name, metrics }) => (metrics === undefined ? [] : [{ name, ...metrics }]));
  return {
    name: "prometheus",
    image: image(config, "prometheus"),
    replicas: 1,
    command: [
      `--config.file=${configFile}`,
      `--web.listen-address=:${ports.prometheus}`,
      "--storage.tsdb.path=/prometheus",
      `--storage.tsdb.retention.time=${objectives.periodDays}d`,
      `--storage.tsdb.retention.size=${keptGb}GB`,
      // The base of links in alerts.
      ...(browsed === undefined ? [] : [`--web.external-url=${browsed}`]),
      "--log.format=json",
    ],
    env: {},
    files: [
      {
        path: configFile,
        content: renderScrapeConfig(
          targets.map(({ name, ...target }) => ({ ...target, host: discovery.host(name) })),
          ruleFile,
        ),
      },
      {
        path: ruleFile,
        content: renderRules({
          jobs: targets.map(({ job }) => job),
          nginxConnections: workerConnections(config.nofile),
          healthChecks: healthChecksPerSecond,
        }),
      },
    ],
    data: [{ name: "data", path: "/prometheus", sizeGb: keptGb + unpackedGb }],
    scratch: ["/tmp"],
    user: { uid: 65534, gid: 65534 },
    health: { kind: "http", port: ports.prometheus, path: "/-/healthy", readyPath: "/-/ready" },
    metrics,
    calls: targets.map(({ name, port }) => ({ to: name, port })),
    published: [{ port: ports.prometheus, hostPort: config.prometheusPort, protocols: ["tcp"], audience: "operators" }],
    limits: { cpus: 1, memoryMb: 512, nofile: config.nofile },
    stop: { signal: "SIGTERM", graceSeconds: 10 },
    sysctls: {},
  };
}
