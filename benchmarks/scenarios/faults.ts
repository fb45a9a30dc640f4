import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { type Context, type Outcome, requireLocal, runStep } from "../context.ts";
import type { Check } from "../result.ts";
import { planOf, type Scenario } from "./catalogue.ts";

/** A replica is killed this often, and started again so long after it, in milliseconds. */
const killEveryMs = 10_000;
const awayMs = 4_000;

/** How long the replicas may take until all are healthy again, in seconds. */
const healthyWithin = 60;

/** A crowd, and meanwhile one replica after the other is killed. No GET may fail. */
export async function faults(context: Context, scenario: Scenario): Promise<Outcome> {
  const { engine, stack } = requireLocal(context);
  const replicas = stack.replicas.map(({ Id }) => engine.getContainer(Id));
  const stopping = new AbortController();
  const killing = killInTurns(replicas, stopping.signal);
  // A failure is thrown where it is awaited; until then it must not end the process.
  killing.catch(() => {});
  try {
    await runStep(context, scenario, "", planOf(scenario, context.site));
  } finally {
    stopping.abort();
    await killing;
  }
  context.progress.say("waiting until all replicas are healthy");
  return {
    checks: [killsCheck(await killing), await healthyAgain(replicas)],
    notes: [`A killed replica is started again after ${awayMs / 1000} s.`],
  };
}

/** A run without a kill proves nothing. */
export function killsCheck(kills: number): Check {
  return {
    what: "replicas killed meanwhile",
    value: String(kills),
    threshold: ">= 1",
    met: kills >= 1,
  };
}

/** Kills and restarts replicas until `stop` is aborted; all run again then. @returns the number of kills */
async function killInTurns(replicas: readonly Docker.Container[], stop: AbortSignal): Promise<number> {
  const wait = (ms: number) => pause(ms, undefined, { signal: stop }).catch(() => {});
  let kills = 0;
  await wait(killEveryMs / 2);
  while (!stop.aborted) {
    const replica = replicas[kills % replicas.length];
    if (replica === undefined) {
      break;
    }
    await replica.kill();
    kills++;
    try {
      await wait(awayMs);
    } finally {
      await replica.start();
    }
    await wait(killEveryMs - awayMs);
  }
  return kills;
}

/** Waits, also after the user has asked to stop: what comes next must not meet a stack that is still starting. */
async function healthyAgain(replicas: readonly Docker.Container[]): Promise<Check> {
  const started = Date.now();
  for (;;) {
    const states = await Promise.all(replicas.map((replica) => replica.inspect()));
    const healthy = states.filter(({ State }) => State.Health?.Status === "healthy").length;
    const seconds = (Date.now() - started) / 1000;
    if (healthy === replicas.length || seconds > healthyWithin) {
      return {
        what: "replicas healthy afterwards",
        value: `${healthy} after ${seconds.toFixed(0)} s`,
        threshold: `${replicas.length} within ${healthyWithin} s`,
        met: healthy === replicas.length,
      };
    }
    await pause(500);
  }
}
