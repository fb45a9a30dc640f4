import type Docker from "dockerode";
import { bareKoaBody } from "./bare-koa.ts";
import { type Comparison, compare, type Effort, type PacedGoal, type Pair } from "./compare.ts";
import { cpuOf } from "./cpu.ts";
import { chooseEngine } from "./engines/choose.ts";
import { References } from "./references.ts";
import { findStack, type RunningStack } from "./stack.ts";
import { findTargets } from "./targets.ts";

/** 200 connections are the original's home page scenario, and where it failed for three of four. */
export const defaultEffort: Effort = {
  connections: 200,
  rounds: 60,
  seconds: 1,
  warmUpSeconds: 2,
  users: 200,
  everyMs: 1000,
  pacedRounds: 10,
};

/** Issue numbers aside: what this stack must reach. */
const leastOfStatic = 0.9;
const leastOfBareKoa = 0.85;
const p95Ms = { health: 20, home: 30, "cached static": 10 };

/**
 * Compares a running stack with its references: the home page with the same bytes as a file, and the health probe with
 * a bare Koa "ok". The references are removed in any case.
 *
 * @throws UserError where no stack is there, or where it does not answer as it should before any load
 */
export async function compareStack(
  engine: Docker,
  url: URL,
  effort: Effort,
  progress: (doing: string) => void,
): Promise<{ comparison: Comparison; stack: RunningStack }> {
  const stack = await findStack(engine, url);
  const targets = await findTargets(url);
  const references = new References(engine, stack);
  await references.remove();
  try {
    progress("starting the references");
    const file = await references.staticPage(targets.page);
    const koa = await references.bareKoa();
    const cpu = cpuOf(engine, { nginx: stack.nginx.Id, replicas: stack.replicas.map(({ Id }) => Id) });
    const ok = { kind: "bytes", bytes: Buffer.from(bareKoaBody) } as const;
    const pairs: Pair[] = [
      {
        name: "home page : file",
        stack: { target: targets.plainHome, cpu },
        reference: { target: { ...targets.plainHome, url: file.url }, cpu: cpuOf(engine, file) },
        least: leastOfStatic,
      },
      {
        name: "/health : Koa ok",
        stack: { target: targets.health, cpu },
        reference: {
          target: { url: `${koa.url}/health`, headers: {}, expected: { encoding: undefined, body: ok } },
          cpu: cpuOf(engine, koa),
        },
        least: leastOfBareKoa,
      },
    ];
    const goals: PacedGoal[] = [
      { name: "health", target: targets.health, p95Ms: p95Ms.health },
      { name: "home", target: targets.home, p95Ms: p95Ms.home },
      { name: "cached static", target: targets.static, p95Ms: p95Ms["cached static"] },
    ];
    return { comparison: await compare(await chooseEngine(), effort, pairs, goals, progress), stack };
  } finally {
    await references.remove();
  }
}
