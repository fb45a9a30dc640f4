import type { Config } from "../config/config.ts";
import type { Component, Discovery, Secrets } from "./component.ts";
import { grafana } from "./grafana.ts";
import { nginx } from "./nginx.ts";
import { nginxExporter } from "./nginx-exporter.ts";
import { prometheus } from "./prometheus.ts";
import { redis, redisExporter } from "./redis.ts";
import { resume } from "./resume.ts";

/** All components of the stack, independent of the target. */
export function describeSystem(config: Config, discovery: Discovery, secrets: Secrets): Component[] {
  const serving = [
    redis(config, secrets),
    resume(config, discovery, secrets),
    nginx(config, discovery),
    nginxExporter(config, discovery),
    redisExporter(config, discovery, secrets),
  ];
  const dashboards = grafana(config, discovery, secrets);
  return [...serving, prometheus(config, discovery, serving), ...(dashboards === undefined ? [] : [dashboards])];
}
