import { PROBE_ROUTES } from "../service/src/metrics/catalogue.ts";
import { job } from "./config.ts";
import { exported } from "./exported.ts";

/** Parts of PromQL that rules and boards share. */

/** Label matchers of the service's own metrics. */
export const resumeJob = `job="${job("resume")}"`;

/** Label matchers of what visitors ask for: no probes, no scrapes. */
export const visitors = `${resumeJob},route!~"${PROBE_ROUTES.join("|")}"`;

/**
 * Replicas that answer their scrape; 0, not absent, when none does. A killed one is off within two scrapes; recorded, it
 * would be one evaluation later.
 */
export const replicasUp = `sum(${exported.up}{${resumeJob}}) or vector(0)`;
