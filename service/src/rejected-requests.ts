import type { Log } from "./log.ts";
import type { RejectedStatus } from "./metrics/catalogue.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** Takes notice of what came in and was no sound request, so that it never became one; the reason is Node's code, if there is one. */
export type RejectedRequests = (status: RejectedStatus, reason?: unknown) => void;

/** Counts and logs refusals. There is no path and no id to tell. */
export function rejectedRequests(metrics: Metrics, log: Log): RejectedRequests {
  return (status, reason) => {
    metrics.httpRefused.inc({ status });
    log.info("refused what is no sound request", { status: Number(status), reason });
  };
}
