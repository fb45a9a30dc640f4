import { stringify } from "yaml";

/** How often a target is scraped, in seconds; `up` of a dead one is 0 within one interval. */
export const scrapeIntervalSeconds = 5;

/**
 * Scrape timeout. A killed replica drops packets instead of refusing the connection. Interval and timeout together are
 * less than two scrapes.
 */
const scrapeTimeoutSeconds = 3;

/** What one job scrapes. */
export interface ScrapeTarget {
  /** What is measured, not the exporter that measures it. */
  job: string;
  /** A host name that resolves to the addresses of all replicas. */
  host: string;
  port: number;
  path: string;
  /** The metrics that are kept; without it all are. */
  keep?: readonly string[];
}

/** prometheus.yml, with a job for each target. Targets are found by DNS, so scaling changes nothing here. */
export function renderScrapeConfig(targets: readonly ScrapeTarget[], ruleFile: string): string {
  const config = {
    global: {
      scrape_interval: `${scrapeIntervalSeconds}s`,
      scrape_timeout: `${scrapeTimeoutSeconds}s`,
      evaluation_interval: `${scrapeIntervalSeconds}s`,
    },
    rule_files: [ruleFile],
    scrape_configs: targets.map(({ job, host, port, path, keep }) => ({
      job_name: job,
      metrics_path: path,
      dns_sd_configs: [{ names: [host], type: "A", port, refresh_interval: `${scrapeIntervalSeconds}s` }],
      ...(keep === undefined
        ? {}
        : { metric_relabel_configs: [{ source_labels: ["__name__"], regex: keep.join("|"), action: "keep" }] }),
    })),
  };
  return stringify(config, { lineWidth: 0 });
}
