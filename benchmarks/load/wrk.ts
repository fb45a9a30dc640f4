import { availableParallelism } from "node:os";
import { interruption } from "../../lib/interruption.ts";
import { mustRun, run } from "../../lib/run.ts";
import { UserError } from "../../lib/user-error.ts";
import { which } from "../../lib/which.ts";
import { type Address, type ExpectedBody, timeoutMs } from "../address.ts";
import { assertAllSent } from "../machine.ts";
import { type LoadEngine, type LoadResult, undiciEngine } from "./engine.ts";
import { runLoad } from "./load.ts";
import type { PartResult } from "./plan.ts";

/** One thread of wrk keeps several of nginx' workers busy, which share the machine with it. */
function threads() {
  return Math.max(1, Math.floor(availableParallelism() / 4));
}

/** Between two requests of the witness, in milliseconds. */
const witnessEveryMs = 100;

/**
 * wrk, a load generator in C. It counts a redirect as a success, compares no body, and misses an answer that never comes. So
 * one user of undici, the witness, sends the same request meanwhile: its failures count too.
 */
export async function wrk(program: string): Promise<LoadEngine> {
  // It prints its version together with its usage, and exits with 1.
  const version = /^wrk\s+(\S+)/m.exec((await run(program, ["-v"])).stdout)?.[1] ?? "of an unknown version";
  return {
    name: `wrk ${version}`,
    run: async ({ address, connections, seconds }) => {
      const headers = Object.entries(address.headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
      const args = [
        ...[`-t${threads()}`, `-c${connections}`, `-d${seconds}s`, "--timeout", `${timeoutMs / 1000}s`],
        ...headers,
        address.url,
      ];
      const [output, seen] = await Promise.all([
        mustRun(program, args, { timeoutMs: (seconds + 30) * 1000 }),
        witness(address, seconds),
      ]);
      return withWitness(parseWrk(output), seen, address.expected.body);
    },
  };
}

/** In this thread, which is idle: the start of another would take CPU time from the servers. */
async function witness(address: Address, seconds: number): Promise<Seen> {
  const shares = [{ name: "witness", address, users: 1 }];
  const part = { kind: "open", shares, seconds, everyMs: witnessEveryMs, index: 0, of: 1 } as const;
  const result = await runLoad(part, () => {}, interruption);
  assertAllSent(result.load);
  const [only] = result.shares;
  if (only === undefined) {
    throw new Error("the witness has no result");
  }
  return only;
}

type Seen = Omit<PartResult["shares"][number], "requests">;

/** What wrk prints of a run. */
export interface WrkResult extends Pick<LoadResult, "answers" | "seconds" | "failures"> {
  /** wrk prints what it read with two decimals. This is the upper bound. */
  bytesAtMost: number;
}

const secondsIn: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
const bytesIn: Readonly<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 };

/** Reads what wrk prints at its end. @throws {UserError} when it does not look as wrk's output does */
export function parseWrk(output: string): WrkResult {
  const [, answers, time, unit, read, size] =
    /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h), ([\d.]+)([KMGT]?B) read/m.exec(output) ?? [];
  const seconds = Number(time) * (secondsIn[unit ?? ""] ?? Number.NaN);
  const bytesAtMost = (Number(read) + 0.005) * (bytesIn[size ?? ""] ?? Number.NaN);
  if (answers === undefined || !(seconds > 0)) {
    throw new UserError(`wrk's output can't be read:\n${output}`);
  }

  const [, connect, readErrors, write, timeout] =
    /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/m.exec(output) ?? [];
  const [, statuses] = /^\s*Non-2xx or 3xx responses: (\d+)/m.exec(output) ?? [];
  return {
    answers: Number(answers),
    seconds,
    failures: {
      connections: Number(connect ?? 0) + Number(readErrors ?? 0) + Number(write ?? 0),
      timeouts: Number(timeout ?? 0),
      statuses: Number(statuses ?? 0),
      bodies: 0,
    },
    bytesAtMost,
  };
}

/** The result of wrk with the failures of its witness, whose few answers are not counted. */
export function withWitness(
  { answers, seconds, failures, bytesAtMost }: WrkResult,
  witness: Seen,
  body: ExpectedBody,
): LoadResult {
  const seen = witness.failures;
  const least = body.kind === "bytes" ? answers * body.bytes.length : 0;
  const tooLittle = `${answers} answers were less than the ${least} bytes that their bodies must have`;
  return {
    answers,
    seconds,
    failures: {
      connections: failures.connections + seen.connections,
      timeouts: failures.timeouts + seen.timeouts,
      statuses: failures.statuses + seen.statuses + seen.limited,
      bodies: failures.bodies + seen.bodies,
    },
    errors: [...witness.errors, ...(bytesAtMost < least ? [tooLittle] : [])],
    histogram: witness.histogram,
  };
}

/**
 * wrk where it is on the PATH, else undici. Only wrk is fast enough for the references: its share of the machine's CPU time
 * is a fraction of undici's, which would slow both sides down until their ratio means nothing.
 */
export async function chooseEngine(): Promise<LoadEngine> {
  const program = which("wrk");
  return program === undefined ? undiciEngine : wrk(program);
}
