import type { Effort } from "../compare.ts";
import type { LoadEngine } from "../load/engine.ts";

/** A comparison that takes a few seconds. */
export const short: Effort = {
  connections: 4,
  rounds: 1,
  seconds: 2,
  warmUpSeconds: 0,
  users: 20,
  everyMs: 100,
  requestsPerUser: 5,
};

/** Figures in the place of load: these answers a second, run after run, and 100 after the last. */
export function figures(...perSecond: number[]): LoadEngine {
  return {
    name: "figures",
    run: async ({ seconds }) => ({
      answers: (perSecond.shift() ?? 100) * seconds,
      seconds,
      failures: { connections: 0, timeouts: 0, statuses: 0, bodies: 0 },
      errors: [],
      histogram: "",
    }),
  };
}
