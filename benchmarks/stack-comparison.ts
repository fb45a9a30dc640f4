import type Docker from "dockerode";
import { UserError } from "../toolchain/lib/user-error.ts";
import { bareKoaBody } from "./bare-koa.ts";
import { type Comparison, compare, type Effort, type PacedGoal, type Pair } from "./compare.ts";
import { cpuOf } from "./cpu.ts";
import { chooseEngine } from "./engines/choose.ts";
import { References } from "./references.ts";
import { findStack, type RunningStack } from "./stack.ts";
import { ask, type Expected, type Target } from "./target.ts";

/** 200 connections are the original's home page scenario, and where it failed for three of four. */
export const defaultEffort: Effort = {
  connections: 200,
  rounds: 5,
  seconds: 5,
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
        stack: { target: targets.home, cpu },
        reference: { target: { ...targets.home, url: file.url }, cpu: cpuOf(engine, file) },
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
      { name: "home", target: targets.homeCompressed, p95Ms: p95Ms.home },
      { name: "cached static", target: targets.asset, p95Ms: p95Ms["cached static"] },
    ];
    return { comparison: await compare(await chooseEngine(), effort, pairs, goals, progress), stack };
  } finally {
    await references.remove();
  }
}

interface Targets {
  /** The home page's bytes. */
  page: Buffer;
  home: Target;
  /** As browsers ask for it. */
  homeCompressed: Target;
  health: Target;
  asset: Target;
}

/** Asks for what the runs will ask for, and holds on to the answers: every later one must be the same. */
async function findTargets(url: URL): Promise<Targets> {
  const home = await answerOf(new URL("/", url), {});
  const page = home.expected.body.bytes;
  const asset = /(?:href|src)="(\/static\/[^"]+)"/.exec(page.toString("utf8"))?.[1];
  if (!page.includes("</html>") || asset === undefined) {
    throw new UserError(`${url.href} does not answer with a home page that loads a static file.`);
  }
  const compressed = { "Accept-Encoding": "gzip, br" };
  return {
    page,
    home,
    homeCompressed: await answerOf(new URL("/", url), compressed),
    health: {
      url: new URL("/health", url).href,
      headers: {},
      expected: { encoding: undefined, body: { kind: "json", texts: { status: "ok" } } },
    },
    asset: await answerOf(new URL(asset, url), compressed),
  };
}

type BytesTarget = Target & { expected: Expected & { body: { kind: "bytes"; bytes: Buffer } } };

async function answerOf(url: URL, headers: Readonly<Record<string, string>>): Promise<BytesTarget> {
  const answer = await ask(url.href, headers, false).catch((error: unknown) => {
    throw new UserError(`${url.href} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (answer.status !== 200) throw new UserError(`${url.href} answers ${answer.status} instead of 200.`);
  const encoding = answer.headers["content-encoding"];
  return { url: url.href, headers, expected: { encoding, body: { kind: "bytes", bytes: answer.body } } };
}
