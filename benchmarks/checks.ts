import { failedOf, type PlanResult, sum } from "./load/plan.ts";
import { type Check, notMeasured, type Step } from "./result.ts";
import { type Original, promisedMs, timesTheOriginal } from "./scenarios.ts";
import type { Usage } from "./watch/containers.ts";

const whole = (value: number) => Math.round(value).toLocaleString("en");
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const milliseconds = (ms: number) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** Where the stack may be with a crowd of ten thousand, in bytes. */
export const memoryLimits = { replica: 150e6, nginx: 250e6, stack: 1.2e9 };

/**
 * What a container may keep after a crowd beyond what it held when the session began, in bytes: compiled code, caches
 * and buffers that the next crowd would fill again.
 */
const kept = 40e6;

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

/** A load that this machine could not send as it should says nothing of the servers, and is no success. */
export const sentChecks = ({ label, result: { load } }: Step): Check[] =>
  load.unsent === 0
    ? []
    : [
        {
          what: named(label, "requests that this machine could not send"),
          value: `${whole(load.unsent)}: ${load.unsentBy.join(", ")}`,
          target: "0",
          met: false,
        },
      ];

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
export const memoryChecks = (usage: readonly Usage[]): Check[] =>
  Object.entries(mostOf(usage)).map(([kind, bytes]) => {
    const limit = memoryLimits[kind === "replica" || kind === "nginx" ? kind : "stack"];
    return {
      what: memoryOf(kind),
      value: megabytes(bytes),
      target: `< ${megabytes(limit)}`,
      met: bytes > 0 && bytes < limit,
    };
  });

const memoryOf = (kind: string) =>
  `memory at most, ${{ replica: "a replica", nginx: "nginx" }[kind] ?? "the whole stack"}`;
const whatFellBack = (component: string) => `memory given back, ${component}`;

/** The memory of a crowd where no container can be seen. */
export const memoryNotMeasured = (why: string): Check[] => [
  ...Object.entries(memoryLimits).map(([kind, limit]) => notMeasured(memoryOf(kind), `< ${megabytes(limit)}`, why)),
  notMeasured(whatFellBack("each container"), "within a minute", why),
];

/** The most that a replica, nginx and all together held, in bytes. */
export function mostOf(usage: readonly Usage[]): { replica: number; nginx: number; stack: number } {
  const most = (component: string) =>
    Math.max(0, ...usage.filter((seen) => seen.component === component).map(({ memory }) => memory));
  return { replica: most("resume"), nginx: most("nginx"), stack: totalAtMost(usage) };
}

/** The sum of all containers, each at its own highest. */
const totalAtMost = (usage: readonly Usage[]): number =>
  [...heaviest(usage).values()].reduce((total, { memory }) => total + memory, 0);

/** Each container at its highest. */
function heaviest(usage: readonly Usage[]): Map<string, Usage> {
  const most = new Map<string, Usage>();
  for (const seen of usage) {
    if (seen.memory >= (most.get(seen.container)?.memory ?? 0)) most.set(seen.container, seen);
  }
  return most;
}

/**
 * Each container holds hardly more than when the session began; one check for each component, of the container that
 * kept the most. A container that was not there then is compared with the heaviest of its component.
 */
export function fallenBackChecks(
  atStart: readonly Usage[],
  peak: readonly Usage[],
  now: readonly Usage[],
  seconds: number,
): Check[] {
  const [had, most] = [heaviest(atStart), heaviest(peak)];
  const before = ({ container, component }: Usage): number =>
    had.get(container)?.memory ??
    Math.max(0, ...atStart.filter((seen) => seen.component === component).map(({ memory }) => memory));
  return [...Map.groupBy(now, ({ component }) => component)].flatMap(([component, all]) => {
    const [worst] = all.toSorted((one, other) => other.memory - before(other) - (one.memory - before(one)));
    if (worst === undefined) return [];
    const allowed = before(worst) + kept;
    const at = most.get(worst.container)?.memory ?? worst.memory;
    return [
      {
        what: whatFellBack(component),
        value: `${megabytes(before(worst))} at the session's start, ${megabytes(at)} at most, ${megabytes(worst.memory)} ${seconds} s later`,
        target: `< ${megabytes(allowed)} within a minute`,
        met: worst.memory < allowed,
      },
    ];
  });
}

/** From so much of its time on, the load's thread is what limits the figures. */
const noTimeLeft = 0.95;

/** Whether the load could not have been more, so that the figures are not the servers' alone. */
export const loadWasTheLimit = ({ result }: Step): boolean => result.load.busy > noTimeLeft;

/** What the figures do not say by themselves. */
export function notesOn(steps: readonly Step[]): string[] {
  const notes = new Set<string>();
  for (const step of steps) {
    const { result } = step;
    const limited = result.shares.reduce((total, { failures }) => total + failures.limited, 0);
    if (limited > 0)
      notes.add(`${whole(limited)} answers were 429: the edge limits this client, and that is not the servers' speed.`);
    const { reconnects, idleCuts } = result.connections;
    if (reconnects + idleCuts > 0)
      notes.add(
        `${whole(reconnects)} connections were made anew, ${whole(idleCuts)} were cut while nobody waited on them.`,
      );
    if (loadWasTheLimit(step))
      notes.add("The load's own thread had no time left: latencies are at least partly its own.");
    for (const { name, troubles, failures } of result.shares) {
      if (failedOf(failures) > 0) notes.add(`${name}: ${JSON.stringify(failures)} ${troubles.join("; ")}`);
    }
  }
  return [...notes];
}
