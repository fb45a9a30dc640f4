import { availableParallelism } from "node:os";
import { mustRun, run } from "../../toolchain/lib/run.ts";
import { UserError } from "../../toolchain/lib/user-error.ts";
import { timeoutMs } from "../target.ts";
import type { LoadEngine, LoadResult } from "./engine.ts";

/** One thread of wrk keeps several of nginx' workers busy: it shares the machine with them. */
const threads = () => Math.max(1, Math.floor(availableParallelism() / 4));

/** wrk, a load generator in C. It looks at statuses and not at bodies, which are probed before and after a run. */
export async function wrk(program: string): Promise<LoadEngine> {
  // It prints its version together with its usage, and exits with 1.
  const version = /^wrk\s+(\S+)/m.exec((await run(program, ["-v"])).stdout)?.[1] ?? "of an unknown version";
  return {
    name: `wrk ${version}`,
    run: async ({ target, connections, seconds }) => {
      const headers = Object.entries(target.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
      const output = await mustRun(
        program,
        [
          ...[`-t${threads()}`, `-c${connections}`, `-d${seconds}s`, "--timeout", `${timeoutMs / 1000}s`],
          ...headers,
          target.url,
        ],
        { timeoutMs: (seconds + 30) * 1000 },
      );
      return parseWrk(output);
    },
  };
}

const secondsIn: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Reads what wrk prints at its end. @throws UserError where it does not look as wrk's output does */
export function parseWrk(output: string): LoadResult {
  const [, answers, time, unit] = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h),/m.exec(output) ?? [];
  const seconds = Number(time) * (secondsIn[unit ?? ""] ?? Number.NaN);
  if (answers === undefined || !(seconds > 0)) throw new UserError(`wrk's output can't be read:\n${output}`);

  const [, connect, read, write, timeout] =
    /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/m.exec(output) ?? [];
  const [, statuses] = /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(output) ?? [];
  return {
    answers: Number(answers),
    seconds,
    failures: {
      connections: Number(connect ?? 0) + Number(read ?? 0) + Number(write ?? 0),
      timeouts: Number(timeout ?? 0),
      statuses: Number(statuses ?? 0),
      bodies: 0,
    },
  };
}
