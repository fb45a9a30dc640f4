import type { Comparison } from "../compare.ts";
import type { PlanResult } from "../load/plan.ts";
import { machine } from "../machine.ts";
import { type BenchResult, type RunFacts, type ScenarioResult, type Step, schema } from "../result.ts";
import type { Usage } from "../sampling.ts";
import { scenarios } from "../scenarios/catalogue.ts";

/** A run of one share, by its numbers. */
export const planResult = (requests: number, failed: number, perSecond: number, name = "home"): PlanResult => ({
  seconds: (requests - failed) / perSecond,
  shares: [
    {
      name,
      users: 1,
      requests,
      failures: { connections: failed, timeouts: 0, statuses: 0, limited: 0, bodies: 0 },
      errors: [],
      latency: { mean: 1, p50: 1, p90: 1, p95: 2, p99: 3, p999: 4, max: 5 },
      histogram: "",
    },
  ],
  series: [],
  stopped: false,
  load: { busy: 0, lateMs: 0, threads: 1, unsent: 0, unsentBy: [], cutOff: 0 },
  connections: { most: 1, reconnects: 0, idleCuts: 0 },
});

export const stepOf = (users: number, requests: number, failed = 0, perSecond = 1000): Step => ({
  label: "",
  users,
  result: planResult(requests, failed, perSecond),
});

/** One of the scenarios in which all went well, with these differences. */
export function scenarioResult(name: string, changes: Partial<ScenarioResult> = {}): ScenarioResult {
  const scenario = scenarios.find((each) => each.name === name);
  if (scenario === undefined) {
    throw new Error(`there is no scenario ${name}`);
  }
  const { title, kind, mix, users, seconds, original } = scenario;
  return {
    ...{ name, title, kind, mix, users, seconds, everyMs: kind === "open" ? 5000 : null, original: original ?? null },
    steps: [stepOf(users, 1000)],
    checks: [{ what: "success", value: "100.00 % of 1,000", threshold: "100 %", met: true }],
    usage: [],
    notes: [],
    ...changes,
  };
}

export const runFacts = (): RunFacts => ({
  schema,
  startedAt: "2026-01-02T03:04:05.678Z",
  url: "http://127.0.0.1:8080/",
  command: "npm run bench --",
  commit: null,
  machine: machine(null, null),
  load: { engine: "undici 0", timeoutMs: 10_000 },
  stack: null,
  warnings: [],
});

export const benchResult = (changes: Partial<BenchResult> = {}): BenchResult => ({
  ...runFacts(),
  scenarios: [scenarioResult("home")],
  comparison: null,
  checks: [],
  baseline: null,
  stopped: false,
  ...changes,
});

/** A comparison of one pair: what the reference did a second, and the ratio to it. */
export function comparisonOf(reference: number, ratio: number, least = 0.9): Comparison {
  const side = (perSecond: number) => ({
    perSecond: [perSecond],
    answers: 1,
    failed: 0,
    failures: { connections: 0, timeouts: 0, statuses: 0, bodies: 0 },
    cpuPerThousand: { nginx: 0, replicas: 0 },
    errors: [],
    histograms: [],
  });
  return {
    engine: "figures",
    effort: { connections: 1, rounds: 1, seconds: 1, warmUpSeconds: 0, users: 1, everyMs: 1, requestsPerUser: 1 },
    pairs: [
      {
        name: "home page : file",
        least,
        ratio,
        ratios: [ratio],
        stack: side(ratio * reference),
        reference: side(reference),
      },
    ],
    openModel: [],
  };
}

/** A container of a component at a time. */
export const usageOf = (component: string, memory: number, time = 0, container = component): Usage => ({
  time,
  container,
  component,
  memory,
  held: memory,
  cpuSeconds: time / 2000,
});
