import { answerWithinSeconds, methodLabels, statusClasses } from "../metrics/catalogue.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Observer } from "./observe.ts";

const knownMethods: ReadonlySet<string> = new Set(methodLabels);

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
        if (seconds >= answerWithinSeconds) {
          metrics.httpFailures.inc({ route });
        }
        return;
      }
      const method = knownMethods.has(ctx.method) ? ctx.method : "other";
      const status_class = statusClasses[Math.floor(ctx.res.statusCode / 100) - 1] ?? "5xx";
      metrics.httpDuration.tally(route, seconds);
      metrics.httpRequests.count(route, method, status_class);
      if (status_class === "5xx") {
        metrics.httpFailures.inc({ route });
      }
    },
  };
}
