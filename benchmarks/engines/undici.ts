import { createRequire } from "node:module";
import { interruption } from "../../toolchain/lib/interruption.ts";
import { runPlan } from "../load/run.ts";
import type { LoadEngine } from "./engine.ts";

const { version }: { version: string } = createRequire(import.meta.url)("undici/package.json");

export const undiciName = `undici ${version}`;

/** undici, in a worker thread. It compares every body, and takes several times the CPU time that wrk does. */
export const undiciEngine: LoadEngine = {
  name: undiciName,
  run: async ({ target, connections, seconds }) => {
    const share = { name: "all", target, users: connections };
    const result = await runPlan({ kind: "closed", shares: [share], seconds, everyMs: 0 });
    interruption.throwIfAborted();
    const [only] = result.shares;
    if (only === undefined) throw new Error("the load has no result");
    const { connections: cut, timeouts, statuses, limited, bodies } = only.failures;
    return {
      answers: only.requests - cut - timeouts,
      seconds: result.seconds,
      failures: { connections: cut, timeouts, statuses: statuses + limited, bodies },
    };
  },
};
