import type Docker from "dockerode";
import { type Comparison, compare, type Effort, type OpenModelGoal, type Pair } from "./compare.ts";
import { chooseEngine } from "./load/wrk.ts";
import { bareKoaBody, References } from "./references.ts";
import { cpuOf } from "./sampling.ts";
import { findSite } from "./site.ts";
import { findStack, type RunningStack } from "./stack.ts";

/** 200 connections are the original's home page scenario, and where it failed for three of four. */
export const defaultEffort: Effort = {
  connections: 200,
  rounds: 60,
  seconds: 1,
  warmUpSeconds: 2,
  users: 200,
  everyMs: 1000,
  requestsPerUser: 10,
};

/** Thresholds of the ratios, and of the 95th percentiles in milliseconds. */
const leastOfStatic = 0.9;
const leastOfBareKoa = 0.85;
const p95Ms = { health: 20, home: 30, "cached static": 10 };

/**
 * Compares a running stack with its references: the home page with the same bytes as a file, and the health probe with
 * a bare Koa "ok". The references are removed in any case.
 *
 * @throws {UserError} when no stack is there, or where it does not answer as it should before any load
 */
export async function compareStack(
  engine: Docker,
  url: URL,
  effort: Effort,
  progress: (doing: string) => void,
): Promise<{ comparison: Comparison; stack: RunningStack }> {
  const stack = await findStack(engine, url);
  const site = await findSite(url);
  const references = new References(engine, stack);
  await references.remove();
  try {
    progress("starting the references");
    const file = await references.staticPage(site.page);
    const koa = await references.bareKoa();
    const cpu = cpuOf(engine, { nginx: stack.nginx.Id, replicas: stack.replicas.map(({ Id }) => Id) });
    const ok = { kind: "bytes", bytes: Buffer.from(bareKoaBody) } as const;
    const pairs: Pair[] = [
      {
        name: "home page : file",
        stack: { address: site.plainHome, cpu },
        reference: { address: { ...site.plainHome, url: file.url }, cpu: cpuOf(engine, file) },
        least: leastOfStatic,
      },
      {
        name: "/health : Koa ok",
        stack: { address: site.health, cpu },
        reference: {
          address: { url: `${koa.url}/health`, headers: {}, expected: { encoding: undefined, body: ok } },
          cpu: cpuOf(engine, koa),
        },
        least: leastOfBareKoa,
      },
    ];
    const goals: OpenModelGoal[] = [
      { name: "health", address: site.health, p95Ms: p95Ms.health },
      { name: "home", address: site.home, p95Ms: p95Ms.home },
      { name: "cached static", address: site.static, p95Ms: p95Ms["cached static"] },
    ];
    return { comparison: await compare(await chooseEngine(), effort, pairs, goals, progress), stack };
  } finally {
    await references.remove();
  }
}
