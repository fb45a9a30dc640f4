import { failedOf, type PlanResult, sum } from "./load/plan.ts";
import type { Check, Step } from "./result.ts";
import { type Original, promisedMs, timesTheOriginal } from "./scenarios.ts";
import type { Usage } from "./watch/containers.ts";

const whole = (value: number) => Math.round(value).toLocaleString("en");
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const milliseconds = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** Where the stack may be after a crowd of ten thousand, in bytes. */
const mostMemory = { replica: 150e6, nginx: 250e6, stack: 1.2e9 };

/** What the stack's memory moves by anyway, in bytes. */
const slack = 50e6;

const named = (label: string, what: string) => (label === "" ? what : `${label}: ${what}`);

/** Every request was answered soundly. */
export function successCheck({ label, result }: Step): Check {
  const { requests, failed } = sum(result);
  const share = requests === 0 ? 0 : (requests - failed) / requests;
  return {
    what: named(label, "success"),
    // 99.999 % must not look like all.
    value: `${(Math.floor(share * 1e4) / 100).toFixed(2)} % of ${whole(requests)}`,
    target: "100 %",
    met: requests > 0 && failed === 0,
  };
}

/** As many times the original's requests a second as ours must do. */
export function originalCheck(result: PlanResult, original: Original): Check {
  const { perSecond } = sum(result);
  return {
    what: "requests/s, the original's",
    value: `${whole(perSecond)}, ${(perSecond / original.perSecond).toFixed(1)} ×`,
    target: `>= ${timesTheOriginal} × ${original.perSecond}`,
    met: perSecond >= timesTheOriginal * original.perSecond,
  };
}

/** What the original promised, and ours keeps for users at their own pace. */
export function promisedChecks(result: PlanResult): Check[] {
  return result.shares.flatMap(({ name, latency }) => {
    const [, most] = Object.entries(promisedMs).find(([page]) => page === name) ?? [];
    if (most === undefined) return [];
    return [
      { what: `${name}, p95`, value: milliseconds(latency.p95), target: `< ${most} ms`, met: latency.p95 < most },
    ];
  });
}

/** The most that each kind of container held at once. */
export function memoryChecks(usage: readonly Usage[]): Check[] {
  const most = (component: string) =>
    Math.max(0, ...usage.filter((seen) => seen.component === component).map(({ memory }) => memory));
  const check = (what: string, bytes: number, limit: number): Check => ({
    what: `memory at most, ${what}`,
    value: megabytes(bytes),
    target: `< ${megabytes(limit)}`,
    met: bytes > 0 && bytes < limit,
  });
  return [
    check("a replica", most("resume"), mostMemory.replica),
    check("nginx", most("nginx"), mostMemory.nginx),
    check("the whole stack", totalAtMost(usage), mostMemory.stack),
  ];
}

/** The sum of all containers, each at its own highest. */
function totalAtMost(usage: readonly Usage[]): number {
  const most = new Map<string, number>();
  for (const { container, memory } of usage) most.set(container, Math.max(memory, most.get(container) ?? 0));
  return [...most.values()].reduce((total, memory) => total + memory, 0);
}

/** The stack holds no more than half of what the crowd made it take beyond what it had before. */
export function fallenBackCheck(
  before: readonly Usage[],
  peak: readonly Usage[],
  now: readonly Usage[],
  seconds: number,
): Check {
  const [had, most, has] = [before, peak, now].map(totalAtMost);
  const allowed = (had ?? 0) + Math.max(((most ?? 0) - (had ?? 0)) / 2, slack);
  return {
    what: `memory of the whole stack ${seconds} s later`,
    value: `${megabytes(had ?? 0)} before, ${megabytes(most ?? 0)} at most, ${megabytes(has ?? 0)} now`,
    target: `< ${megabytes(allowed)} within a minute`,
    met: (has ?? 0) < allowed,
  };
}

/** What the figures do not say by themselves. */
export function notesOn(steps: readonly Step[]): string[] {
  const notes = new Set<string>();
  for (const { result } of steps) {
    const limited = result.shares.reduce((total, { failures }) => total + failures.limited, 0);
    if (limited > 0)
      notes.add(`${whole(limited)} answers were 429: the edge limits this client, and that is not the servers' speed.`);
    if (result.load.busy > 0.95)
      notes.add("The load's own thread had no time left: latencies are at least partly its own.");
    for (const { name, troubles, failures } of result.shares) {
      if (failedOf(failures) > 0) notes.add(`${name}: ${JSON.stringify(failures)} ${troubles.join("; ")}`);
    }
  }
  return [...notes];
}
