import { catalogue, probeRoutes } from "../service/src/metrics/catalogue.ts";
import { exported } from "./exported.ts";
import { jobNames, recorded } from "./names.ts";

/** Parts of PromQL that rules and boards share. */

/** Label matchers of the service's own metrics. */
export const resumeJob = `job="${jobNames.resume}"`;

/** Label matchers of what visitors ask for: no probes, no scrapes. */
export const visitors = `${resumeJob},route!~"${probeRoutes.join("|")}"`;

/**
 * Replicas that answer their scrape; 0, not absent, when none does. A killed one is off within two scrapes; recorded, it
 * would be one evaluation later.
 */
export const replicasUp = `sum(${exported.up}{${resumeJob}}) or vector(0)`;

/** 1 while nginx and Redis answer their exporters; 0, not absent, also where an exporter hangs with what it asks. */
export const nginxUp = `min(${exported.nginx.up}) or vector(0)`;
export const redisUp = `min(${exported.redis.up}) or vector(0)`;

/** Adds labels to series that only have the replica's address; `which` filters replicas. */
export function named(expr: string, which = "", labels: readonly string[] = ["replica"]) {
  return `${expr} * on (instance) group_left (${labels.join(", ")}) ${catalogue.buildInfo.name}${which}`;
}

/**
 * A new version, from its first sample on and for a minute: another one ran before it, or none for an hour. So a
 * version that is back after all its replicas were away is none.
 */
export const deployments = [
  `(${recorded.replicasOfVersion} unless ${recorded.replicasOfVersion} offset 1m)`,
  `and on () (count(${recorded.replicasOfVersion} offset 1m) or absent(last_over_time(${recorded.replicasOfVersion}[1h] offset 1m)))`,
].join(" ");
