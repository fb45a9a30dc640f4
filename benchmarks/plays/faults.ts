import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { planOf, type Scenario } from "../scenarios.ts";
import { mustBeLocal, type Played, runStep, type Stage } from "../stage.ts";

/** A replica is killed this often, and started again so long after it, in milliseconds. */
const killEveryMs = 10_000;
const awayMs = 4_000;

/** A crowd, and meanwhile one replica after the other is killed. No GET may fail. */
export async function faults(stage: Stage, scenario: Scenario): Promise<Played> {
  const { engine, stack } = mustBeLocal(stage, scenario);
  const stopping = new AbortController();
  // A failure is thrown where it is awaited; until then it must not end the process.
  const killing = killInTurns(
    stack.replicas.map(({ Id }) => engine.getContainer(Id)),
    stopping.signal,
  );
  killing.catch(() => {});
  try {
    await runStep(stage, scenario, "", planOf(scenario, stage.targets));
    stopping.abort();
    const kills = await killing;
    return {
      checks: [],
      notes: [`${kills} times a replica was killed meanwhile, and started again after ${awayMs / 1000} s.`],
    };
  } finally {
    stopping.abort();
    await killing;
  }
}

/** Kills and starts until it is told to stop; all run again then. @returns how many were killed */
async function killInTurns(replicas: readonly Docker.Container[], stop: AbortSignal): Promise<number> {
  const wait = (ms: number) => pause(ms, undefined, { signal: stop }).catch(() => {});
  let kills = 0;
  await wait(killEveryMs / 2);
  while (!stop.aborted) {
    const replica = replicas[kills % replicas.length];
    if (replica === undefined) break;
    await replica.kill();
    try {
      await wait(awayMs);
    } finally {
      await replica.start();
    }
    kills++;
    await wait(killEveryMs - awayMs);
  }
  return kills;
}
