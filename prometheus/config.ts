import { stringify } from "yaml";
import type { Component, ComponentName, Discovery } from "../infra/system/component.ts";
import { exported } from "./exported.ts";

/** How often a target is asked, in seconds; `up` of a dead one is 0 within one of them. */
export const scrapeIntervalSeconds = 5;

/** A replica that was killed does not refuse, it is silent: this is how long it is waited for. Interval and time-out together are less than two scrapes. */
const scrapeTimeoutSeconds = 3;

/** The job that a component's metrics are filed under: what it measures, not the exporter that tells of it. */
const jobs: Partial<Record<ComponentName, string>> = { "nginx-exporter": "nginx", "redis-exporter": "redis" };

export const job = (component: ComponentName) => jobs[component] ?? component;

/**
 * What is kept of a component that is not ours: what rules and boards ask for. All else they tell, mostly of themselves,
 * would be more than a third of the disk. Of the service everything is kept.
 */
const kept: Partial<Record<ComponentName, Readonly<Record<string, string>>>> = {
  "nginx-exporter": exported.nginx,
  "redis-exporter": exported.redis,
  prometheus: exported.prometheus,
};

const keep = (name: ComponentName) => {
  const names = kept[name];
  if (names === undefined) return {};
  const regex = Object.values(names).join("|");
  return { metric_relabel_configs: [{ source_labels: ["__name__"], regex, action: "keep" }] };
};

/**
 * prometheus.yml: one job a component that has metrics. Targets are found by DNS, so scaling changes nothing here.
 */
export function renderScrapeConfig(
  components: readonly Pick<Component, "name" | "metrics">[],
  discovery: Discovery,
  ruleFile: string,
): string {
  const scraped = components.flatMap(({ name, metrics }) => (metrics === undefined ? [] : [{ name, metrics }]));
  const config = {
    global: {
      scrape_interval: `${scrapeIntervalSeconds}s`,
      scrape_timeout: `${scrapeTimeoutSeconds}s`,
      evaluation_interval: `${scrapeIntervalSeconds}s`,
    },
    rule_files: [ruleFile],
    scrape_configs: scraped.map(({ name, metrics }) => ({
      job_name: job(name),
      metrics_path: metrics.path,
      dns_sd_configs: [
        { names: [discovery.host(name)], type: "A", port: metrics.port, refresh_interval: `${scrapeIntervalSeconds}s` },
      ],
      ...keep(name),
    })),
  };
  return stringify(config, { lineWidth: 0 });
}
