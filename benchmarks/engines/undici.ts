import { createRequire } from "node:module";
import { runAlone } from "../load/alone.ts";
import type { LoadEngine } from "./engine.ts";

const { version }: { version: string } = createRequire(import.meta.url)("undici/package.json");

export const undiciName = `undici ${version}`;

/** undici, in worker threads. It compares every body, and takes several times the CPU time that wrk does. */
export const undiciEngine: LoadEngine = {
  name: undiciName,
  run: async ({ target, connections, seconds }) => {
    const all = { name: "all", target, users: connections };
    const { share, result } = await runAlone(all, { kind: "closed", seconds, everyMs: 0 });
    const { connections: cut, timeouts, statuses, limited, bodies } = share.failures;
    return {
      answers: share.requests - cut - timeouts,
      seconds: result.seconds,
      failures: { connections: cut, timeouts, statuses: statuses + limited, bodies },
      troubles: share.troubles,
      histogram: share.histogram,
    };
  },
};
