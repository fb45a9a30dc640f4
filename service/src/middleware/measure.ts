import { ANSWER_WITHIN_SECONDS, METHOD_LABELS, STATUS_CLASSES } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Observer } from "./observe.ts";

const METHODS: ReadonlySet<string> = new Set(METHOD_LABELS);

/** Rate, errors and duration of every request, by route, method and class of status. */
export function measure(metrics: Metrics): Observer {
  return {
    onStart: () => {
      metrics.httpInFlight.now += 1;
    },
    onFinish: (ctx, { seconds, aborted }) => {
      metrics.httpInFlight.now -= 1;
      const { route } = ctx.state;
      if (aborted) {
        metrics.httpAborted.inc({ route });
        if (seconds >= ANSWER_WITHIN_SECONDS) {
          metrics.httpFailures.inc({ route });
        }
        return;
      }
      const method = METHODS.has(ctx.method) ? ctx.method : "other";
      const status_class = STATUS_CLASSES[Math.floor(ctx.res.statusCode / 100) - 1] ?? "5xx";
      metrics.httpDuration.tally(route, seconds);
      metrics.httpRequests.count(route, method, status_class);
      if (status_class === "5xx") {
        metrics.httpFailures.inc({ route });
      }
    },
  };
}
