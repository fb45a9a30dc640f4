import { failed, type LoadEngine, type LoadResult, throughput } from "./engines/engine.ts";
import { runAlone } from "./load/alone.ts";
import { failedOf } from "./load/plan.ts";
import { middleHalf } from "./statistics.ts";
import { probe, type Target } from "./target.ts";

/** One side of a pair: what is asked, and the CPU time that its containers have used up to now. */
export interface Side {
  target: Target;
  cpu: () => Promise<CpuSeconds>;
}

/** CPU time in seconds: of the edge, and of all replicas behind it. */
export interface CpuSeconds {
  nginx: number;
  replicas: number;
}

/** What the stack is measured by: the same nginx in front of the least that can answer. */
export interface Pair {
  name: string;
  stack: Side;
  reference: Side;
  /** Lowest ratio of the stack's throughput to the reference's. */
  least: number;
}

/** Users at their own pace, and the highest 95th percentile of their waiting, in milliseconds. */
export interface PacedGoal {
  name: string;
  target: Target;
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
  /** Requests of each paced user. */
  pacedRounds: number;
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
  /** What was wrong with single answers before, in and after the runs. */
  troubles: string[];
  /** Latencies of each run's requests whose bodies were compared: HdrHistograms as in the load's results. */
  histograms: string[];
}

export interface PairResult {
  name: string;
  stack: SideResult;
  reference: SideResult;
  ratios: number[];
  /** The mean of the middle half of them. */
  ratio: number;
  least: number;
}

export interface PacedSummary {
  name: string;
  requests: number;
  failed: number;
  troubles: string[];
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
  paced: PacedSummary[];
}

/** Runs the pairs, then the paced users. `progress` hears what goes on. */
export async function compare(
  engine: LoadEngine,
  effort: Effort,
  pairs: readonly Pair[],
  goals: readonly PacedGoal[],
  progress: (doing: string) => void,
): Promise<Comparison> {
  const comparison: Comparison = { engine: engine.name, effort, pairs: [], paced: [] };
  for (const pair of pairs) comparison.pairs.push(await runPair(engine, effort, pair, progress));
  for (const goal of goals) {
    progress(`${goal.name}, ${effort.users} users at their own pace`);
    comparison.paced.push(await runPaced(effort, goal));
  }
  return comparison;
}

/** A B B A …, so that both sides meet the same noise of the machine, and neither always comes after the other; and the ratio of each pair of runs. */
async function runPair(
  engine: LoadEngine,
  { connections, rounds, seconds, warmUpSeconds }: Effort,
  pair: Pair,
  progress: (doing: string) => void,
): Promise<PairResult> {
  const sides = { stack: new Tally(pair.stack), reference: new Tally(pair.reference) };
  for (const side of Object.values(sides)) await side.probe();
  for (const side of warmUpSeconds > 0 ? Object.values(sides) : []) {
    progress(`${pair.name}, warm-up`);
    await side.warmUp((target) => engine.run({ target, connections, seconds: warmUpSeconds }));
  }
  // Only here: to read it can take the engine a second, and a pair's runs must be near to one another.
  const before = { stack: await pair.stack.cpu(), reference: await pair.reference.cpu() };
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const perSecond = { stack: 0, reference: 0 };
    for (const name of round % 2 === 1 ? (["stack", "reference"] as const) : (["reference", "stack"] as const)) {
      progress(`${pair.name}, ${name}, run ${round} of ${rounds}`);
      perSecond[name] = await sides[name].run((target) => engine.run({ target, connections, seconds }));
    }
    ratios.push(perSecond.stack / perSecond.reference);
  }
  const after = { stack: await pair.stack.cpu(), reference: await pair.reference.cpu() };
  for (const side of Object.values(sides)) await side.probe();
  const { name, least } = pair;
  return {
    name,
    least,
    ratios,
    ratio: middleHalf(ratios).mean,
    stack: sides.stack.result(usedBetween(before.stack, after.stack)),
    reference: sides.reference.result(usedBetween(before.reference, after.reference)),
  };
}

const usedBetween = (before: CpuSeconds, after: CpuSeconds): CpuSeconds => ({
  nginx: after.nginx - before.nginx,
  replicas: after.replicas - before.replicas,
});

/** Several measurements of one pair as one. @throws Error where there is none */
export function mergePairs(pairs: readonly PairResult[]): PairResult {
  const [first] = pairs;
  if (first === undefined) throw new Error("no pair was measured");
  const ratios = pairs.flatMap((pair) => pair.ratios);
  return {
    ...first,
    ratios,
    ratio: middleHalf(ratios).mean,
    stack: mergeSides(pairs.map(({ stack }) => stack)),
    reference: mergeSides(pairs.map(({ reference }) => reference)),
  };
}

function mergeSides(sides: readonly SideResult[]): SideResult {
  const sum = (of: (side: SideResult) => number) => sides.reduce((total, side) => total + of(side), 0);
  const answers = sum((side) => side.answers);
  const perThousand = (of: keyof CpuSeconds) => sum((side) => side.cpuPerThousand[of] * side.answers) / answers;
  const failures = (of: keyof SideResult["failures"]) => sum((side) => side.failures[of]);
  return {
    perSecond: sides.flatMap(({ perSecond }) => perSecond),
    answers,
    failed: sum(({ failed }) => failed),
    failures: {
      connections: failures("connections"),
      timeouts: failures("timeouts"),
      statuses: failures("statuses"),
      bodies: failures("bodies"),
    },
    cpuPerThousand: { nginx: perThousand("nginx"), replicas: perThousand("replicas") },
    troubles: [...new Set(sides.flatMap(({ troubles }) => troubles))],
    histograms: sides.flatMap(({ histograms }) => histograms),
  };
}

/** Adds up the runs of one side. */
class Tally {
  readonly #side: Side;
  readonly #perSecond: number[] = [];
  readonly #failures = { connections: 0, timeouts: 0, statuses: 0, bodies: 0 };
  readonly #troubles = new Set<string>();
  readonly #histograms: string[] = [];
  #answers = 0;

  constructor(side: Side) {
    this.#side = side;
  }

  /** One run. @returns its sound answers a second */
  async run(load: (target: Target) => Promise<LoadResult>): Promise<number> {
    const result = await load(this.#side.target);
    this.#fail(result);
    this.#answers += result.answers;
    this.#perSecond.push(throughput(result));
    this.#histograms.push(result.histogram);
    return throughput(result);
  }

  /** A run of which only the failures count. */
  async warmUp(load: (target: Target) => Promise<LoadResult>): Promise<void> {
    this.#fail(await load(this.#side.target));
  }

  #fail({ failures, troubles }: LoadResult): void {
    for (const kind of ["connections", "timeouts", "statuses", "bodies"] as const) {
      this.#failures[kind] += failures[kind];
    }
    for (const trouble of troubles) this.#troubles.add(trouble);
  }

  async probe(): Promise<void> {
    const wrong = await probe(this.#side.target);
    if (wrong !== undefined) this.#troubles.add(wrong);
  }

  /** @param cpu used over all runs */
  result(cpu: CpuSeconds): SideResult {
    const perThousand = (seconds: number) => (seconds * 1000) / this.#answers;
    return {
      perSecond: this.#perSecond,
      answers: this.#answers,
      failed: failed(this.#failures),
      failures: this.#failures,
      cpuPerThousand: { nginx: perThousand(cpu.nginx), replicas: perThousand(cpu.replicas) },
      troubles: [...this.#troubles],
      histograms: this.#histograms,
    };
  }
}

async function runPaced({ users, everyMs, pacedRounds }: Effort, goal: PacedGoal): Promise<PacedSummary> {
  const all = { name: goal.name, target: goal.target, users };
  const seconds = (pacedRounds * everyMs) / 1000;
  const { share, result } = await runAlone(all, { kind: "paced", seconds, everyMs });
  const { p50, p95, p99, max } = share.latency;
  return {
    name: goal.name,
    requests: share.requests,
    failed: failedOf(share.failures),
    troubles: share.troubles,
    p50,
    p95,
    p99,
    max,
    lateMs: result.load.lateMs,
    p95Ms: goal.p95Ms,
    histogram: share.histogram,
  };
}

const sound = ({ failed, troubles }: { failed: number; troubles: string[] }) => failed === 0 && troubles.length === 0;

/** Whether a pair is as fast as it must be, without a single failure on either side. */
export const pairMet = ({ ratio, least, stack, reference }: PairResult): boolean =>
  ratio >= least && sound(stack) && sound(reference);

/** Whether paced users waited no longer than they may, without a single failure. */
export const pacedMet = (paced: PacedSummary): boolean => paced.p95 < paced.p95Ms && sound(paced);

/** The exit code: 0 where every target is met, 1 where one is not. */
export const exitCode = ({ pairs, paced }: Comparison): 0 | 1 =>
  pairs.every(pairMet) && paced.every(pacedMet) ? 0 : 1;
