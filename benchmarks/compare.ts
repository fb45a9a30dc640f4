import { interruption } from "../toolchain/lib/interruption.ts";
import { failed, type LoadEngine, type LoadResult, throughput } from "./engines/engine.ts";
import { failedOf } from "./load/plan.ts";
import { runPlan } from "./load/run.ts";
import { median } from "./statistics.ts";
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
  failed: number;
  failures: LoadResult["failures"];
  /** CPU seconds for each 1,000 answers. */
  cpuPerThousand: CpuSeconds;
  /** What was wrong with single answers before and after the runs. */
  troubles: string[];
}

export interface PairResult {
  name: string;
  stack: SideResult;
  reference: SideResult;
  ratios: number[];
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

/** A B A B …, so that both sides meet the same noise of the machine, and the ratio of each pair of runs. */
async function runPair(
  engine: LoadEngine,
  { connections, rounds, seconds, warmUpSeconds }: Effort,
  pair: Pair,
  progress: (doing: string) => void,
): Promise<PairResult> {
  const sides = { stack: new Tally(pair.stack), reference: new Tally(pair.reference) };
  for (const side of Object.values(sides)) await side.probe();
  for (const { target } of warmUpSeconds > 0 ? [pair.stack, pair.reference] : []) {
    progress(`${pair.name}, warm-up`);
    await engine.run({ target, connections, seconds: warmUpSeconds });
  }
  const ratios: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const perSecond = { stack: 0, reference: 0 };
    for (const name of ["stack", "reference"] as const) {
      progress(`${pair.name}, ${name}, run ${round} of ${rounds}`);
      perSecond[name] = await sides[name].run((target) => engine.run({ target, connections, seconds }));
    }
    ratios.push(perSecond.stack / perSecond.reference);
  }
  for (const side of Object.values(sides)) await side.probe();
  const { name, least } = pair;
  return {
    name,
    least,
    ratios,
    ratio: median(ratios),
    stack: sides.stack.result(),
    reference: sides.reference.result(),
  };
}

/** Adds up the runs of one side. */
class Tally {
  readonly #side: Side;
  readonly #perSecond: number[] = [];
  readonly #failures = { connections: 0, timeouts: 0, statuses: 0, bodies: 0 };
  readonly #cpu = { nginx: 0, replicas: 0 };
  readonly #troubles: string[] = [];
  #answers = 0;

  constructor(side: Side) {
    this.#side = side;
  }

  /** One run. @returns its sound answers a second */
  async run(load: (target: Target) => Promise<LoadResult>): Promise<number> {
    const before = await this.#side.cpu();
    const result = await load(this.#side.target);
    const after = await this.#side.cpu();
    for (const kind of ["nginx", "replicas"] as const) this.#cpu[kind] += after[kind] - before[kind];
    for (const kind of ["connections", "timeouts", "statuses", "bodies"] as const) {
      this.#failures[kind] += result.failures[kind];
    }
    this.#answers += result.answers;
    this.#perSecond.push(throughput(result));
    return throughput(result);
  }

  async probe(): Promise<void> {
    const wrong = await probe(this.#side.target);
    if (wrong !== undefined) this.#troubles.push(wrong);
  }

  result(): SideResult {
    const perThousand = (seconds: number) => (seconds * 1000) / this.#answers;
    return {
      perSecond: this.#perSecond,
      answers: this.#answers,
      failed: failed(this.#failures),
      failures: this.#failures,
      cpuPerThousand: { nginx: perThousand(this.#cpu.nginx), replicas: perThousand(this.#cpu.replicas) },
      troubles: this.#troubles,
    };
  }
}

async function runPaced({ users, everyMs, pacedRounds }: Effort, goal: PacedGoal): Promise<PacedSummary> {
  const share = { name: goal.name, target: goal.target, users };
  const seconds = (pacedRounds * everyMs) / 1000;
  const { shares, load } = await runPlan({ kind: "paced", shares: [share], seconds, everyMs });
  interruption.throwIfAborted();
  const [only] = shares;
  if (only === undefined) throw new Error("the load has no result");
  const { p50, p95, p99, max } = only.latency;
  return {
    name: goal.name,
    requests: only.requests,
    failed: failedOf(only.failures),
    troubles: only.troubles,
    p50,
    p95,
    p99,
    max,
    lateMs: load.lateMs,
    p95Ms: goal.p95Ms,
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
