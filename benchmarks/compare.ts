import { sum } from "simple-statistics";
import { type Address, probe } from "./address.ts";
import { failed, type LoadEngine, type LoadResult, throughput } from "./load/engine.ts";
import { failedOf } from "./load/plan.ts";
import { runAlone } from "./load/run.ts";
import { interquartileMean } from "./statistics.ts";

/** One side of a pair: its address, and the CPU time that its containers have used up to now. */
export interface Side {
  address: Address;
  cpu: () => Promise<CpuSeconds>;
}

/** CPU time in seconds: of the edge, and of all replicas behind it. */
export interface CpuSeconds {
  nginx: number;
  replicas: number;
}

/** The stack, and the reference that it is measured by: the same nginx in front of the least that can answer. */
export interface Pair {
  name: string;
  stack: Side;
  reference: Side;
  /** Lowest ratio of the stack's throughput to the reference's. */
  least: number;
}

/** Users at a constant arrival rate, and the threshold of their 95th percentile in milliseconds. */
export interface OpenModelGoal {
  name: string;
  address: Address;
  p95Ms: number;
}

/** How long and how hard. */
export interface Effort {
  connections: number;
  /** Runs of each side of a pair, in turns. */
  rounds: number;
  /** Of one run; whole. */
  seconds: number;
  /** Of each side before the runs that count; 0 for none. */
  warmUpSeconds: number;
  users: number;
  everyMs: number;
  /** Requests of each user of the open model. */
  requestsPerUser: number;
}

export interface SideResult {
  /** Sound answers a second of each run. */
  perSecond: number[];
  answers: number;
  /** Those of the warm-up too. */
  failed: number;
  failures: LoadResult["failures"];
  /** CPU seconds for each 1,000 answers, with what the side used while the other had its turn: health checks. */
  cpuPerThousand: CpuSeconds;
  /** Of single answers before, in and after the runs. */
  errors: string[];
  /** Latencies of each run's requests whose bodies were compared: HdrHistograms as in the load's results. */
  histograms: string[];
}

export interface PairResult {
  name: string;
  stack: SideResult;
  reference: SideResult;
  ratios: number[];
  /** Their interquartile mean. */
  ratio: number;
  least: number;
}

export interface OpenModelResult {
  name: string;
  requests: number;
  failed: number;
  errors: string[];
  p50: number;
  p95: number;
  p99: number;
  max: number;
  lateMs: number;
  p95Ms: number;
  /** As in the load's results. */
  histogram: string;
}

export interface Comparison {
  engine: string;
  effort: Effort;
  pairs: PairResult[];
  openModel: OpenModelResult[];
}

/** Runs the pairs, then the open model. @param progress is called with what runs next */
export async function compare(
  engine: LoadEngine,
  effort: Effort,
  pairs: readonly Pair[],
  goals: readonly OpenModelGoal[],
  progress: (doing: string) => void,
): Promise<Comparison> {
  const comparison: Comparison = { engine: engine.name, effort, pairs: [], openModel: [] };
  for (const pair of pairs) {
    comparison.pairs.push(await runPair(engine, effort, pair, progress));
  }
  for (const goal of goals) {
    progress(`${goal.name}, ${effort.users} users at their own pace`);
    comparison.openModel.push(await runOpenModel(effort, goal));
  }
  return comparison;
}

/** All runs of one side. */
interface Runs {
  counted: LoadResult[];
  /** Of which only the failures count. */
  warmUp: LoadResult[];
  /** What was wrong with an answer before or after the runs. */
  probeErrors: string[];
}

async function runPair(
  engine: LoadEngine,
  { connections, rounds, seconds, warmUpSeconds }: Effort,
  pair: Pair,
  progress: (doing: string) => void,
): Promise<PairResult> {
  const names = ["stack", "reference"] as const;
  const runs: Record<(typeof names)[number], Runs> = {
    stack: { counted: [], warmUp: [], probeErrors: [] },
    reference: { counted: [], warmUp: [], probeErrors: [] },
  };
  const probeAll = async (): Promise<void> => {
    for (const name of names) {
      const error = await probe(pair[name].address);
      runs[name].probeErrors.push(...(error === undefined ? [] : [error]));
    }
  };
  await probeAll();
  for (const name of warmUpSeconds > 0 ? names : []) {
    progress(`${pair.name}, warm-up`);
    runs[name].warmUp.push(await engine.run({ address: pair[name].address, connections, seconds: warmUpSeconds }));
  }
  // Only here: the engine may take a second to answer, and a pair's runs must be close to one another.
  const before = { stack: await pair.stack.cpu(), reference: await pair.reference.cpu() };
  for (let round = 1; round <= rounds; round++) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      progress(`${pair.name}, ${name}, run ${round} of ${rounds}`);
      runs[name].counted.push(await engine.run({ address: pair[name].address, connections, seconds }));
    }
  }
  const after = { stack: await pair.stack.cpu(), reference: await pair.reference.cpu() };
  await probeAll();
  const [stack, reference] = [
    sideResult(runs.stack, before.stack, after.stack),
    sideResult(runs.reference, before.reference, after.reference),
  ];
  const ratios = stack.perSecond.map((perSecond, round) => perSecond / (reference.perSecond[round] ?? 0));
  return { name: pair.name, least: pair.least, ratios, ratio: interquartileMean(ratios).mean, stack, reference };
}

function sideResult({ counted, warmUp, probeErrors }: Runs, before: CpuSeconds, after: CpuSeconds): SideResult {
  const all = [...warmUp, ...counted];
  const failures = (kind: keyof LoadResult["failures"]) => sum(all.map((run) => run.failures[kind]));
  const ofKinds = {
    connections: failures("connections"),
    timeouts: failures("timeouts"),
    statuses: failures("statuses"),
    bodies: failures("bodies"),
  };
  const answers = sum(counted.map((run) => run.answers));
  const perThousand = (of: keyof CpuSeconds) => ((after[of] - before[of]) * 1000) / answers;
  return {
    perSecond: counted.map(throughput),
    answers,
    failed: failed(ofKinds),
    failures: ofKinds,
    cpuPerThousand: { nginx: perThousand("nginx"), replicas: perThousand("replicas") },
    errors: [...new Set([...probeErrors, ...all.flatMap(({ errors }) => errors)])],
    histograms: counted.map(({ histogram }) => histogram),
  };
}

async function runOpenModel(
  { users, everyMs, requestsPerUser }: Effort,
  goal: OpenModelGoal,
): Promise<OpenModelResult> {
  const seconds = (requestsPerUser * everyMs) / 1000;
  const all = { name: goal.name, address: goal.address, users };
  const { share, result } = await runAlone(all, { kind: "open", seconds, everyMs });
  const { p50, p95, p99, max } = share.latency;
  return {
    ...{ name: goal.name, p95Ms: goal.p95Ms, requests: share.requests, failed: failedOf(share.failures) },
    ...{ errors: share.errors, p50, p95, p99, max, lateMs: result.load.lateMs, histogram: share.histogram },
  };
}

function isSound({ failed, errors }: Pick<SideResult, "failed" | "errors">): boolean {
  return failed === 0 && errors.length === 0;
}

/** Whether a pair is as fast as it must be, without a single failure on either side. */
export function pairMet({ ratio, least, stack, reference }: PairResult): boolean {
  return ratio >= least && isSound(stack) && isSound(reference);
}

/** Whether users of the open model waited no longer than they may, without a single failure. */
export function openModelMet(result: OpenModelResult): boolean {
  return result.p95 < result.p95Ms && isSound(result);
}

/** The exit code: 0 where all thresholds are met, 1 where one is not. */
export function exitCode({ pairs, openModel }: Comparison): 0 | 1 {
  return pairs.every(pairMet) && openModel.every(openModelMet) ? 0 : 1;
}
