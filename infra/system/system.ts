import type { Input } from "@pulumi/pulumi";
import type { Config } from "../config/config.ts";
import type { Component, Discovery } from "./component.ts";
import { grafana } from "./grafana.ts";
import { nginx } from "./nginx.ts";
import { nginxExporter } from "./nginx-exporter.ts";
import { prometheus } from "./prometheus.ts";
import { redis } from "./redis.ts";
import { redisExporter } from "./redis-exporter.ts";
import { resume } from "./resume.ts";

/** Everything that must not be seen; each is a Pulumi secret. */
export interface Secrets {
  redisPassword: Input<string>;
  /** Signs the visitors' session cookies. */
  sessionKey: Input<string>;
  grafanaPassword: Input<string>;
}

/** All components of the stack, free of any target. */
export function describeSystem(config: Config, discovery: Discovery, secrets: Secrets): Component[] {
  const serving = [
    redis(config, secrets.redisPassword),
    resume(config, discovery, secrets),
    nginx(config, discovery),
    nginxExporter(config, discovery),
    redisExporter(config, discovery, secrets.redisPassword),
  ];
  const dashboards = grafana(config, discovery, secrets.grafanaPassword);
  return [...serving, prometheus(config, discovery, serving), ...(dashboards === undefined ? [] : [dashboards])];
}
