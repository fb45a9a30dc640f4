import { sum } from "simple-statistics";
import { failedOf, type PlanResult, totals } from "./load/plan.ts";
import { megabytes, successOf, whole } from "./report/format.ts";
import { type Check, notMeasured, type Step } from "./result.ts";
import type { Usage } from "./sampling.ts";
import { type Original, promisedMs, timesTheOriginal } from "./scenarios/catalogue.ts";

function milliseconds(ms: number) {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** Thresholds of memory under 10,000 users, in bytes. */
export const memoryLimits = { "a replica": 150e6, nginx: 250e6, "the whole stack": 1.2e9 };

/** What has a threshold of memory. */
export const memoryHolders = ["a replica", "nginx", "the whole stack"] as const satisfies (keyof typeof memoryLimits)[];

/**
 * What a container may keep after a crowd beyond what it held when the session began, in bytes: compiled code, caches
 * and buffers that the next crowd would fill again.
 */
const kept = 40e6;

function named(label: string, what: string) {
  return label === "" ? what : `${label}: ${what}`;
}

/** Every request was answered soundly. */
export function successCheck(step: Step): Check {
  const { requests, failed } = totals(step.result);
  return {
    what: named(step.label, "success"),
    value: `${successOf(step)} of ${whole(requests)}`,
    threshold: "100 %",
    met: requests > 0 && failed === 0,
  };
}

/** Requests that this machine could not send prove nothing of the servers, and are no success. */
export function sentChecks({ label, result: { load } }: Step): Check[] {
  return load.unsent === 0
    ? []
    : [
        {
          what: named(label, "requests that this machine could not send"),
          value: `${whole(load.unsent)}: ${load.unsentBy.join(", ")}`,
          threshold: "0",
          met: false,
        },
      ];
}

/** Requests/s against the original's. */
export function originalCheck(result: PlanResult, original: Original): Check {
  const { perSecond } = totals(result);
  return {
    what: "requests/s, the original's",
    value: `${whole(perSecond)}, ${(perSecond / original.perSecond).toFixed(1)} ×`,
    threshold: `>= ${timesTheOriginal} × ${original.perSecond}`,
    met: perSecond >= timesTheOriginal * original.perSecond,
  };
}

/** The response targets of the original, in the open model. */
export function promisedChecks(result: PlanResult): Check[] {
  return result.shares.flatMap(({ name, latency }) => {
    const [, most] = Object.entries(promisedMs).find(([page]) => page === name) ?? [];
    if (most === undefined) {
      return [];
    }
    return [
      { what: `${name}, p95`, value: milliseconds(latency.p95), threshold: `< ${most} ms`, met: latency.p95 < most },
    ];
  });
}

/** The highest memory of each holder. */
export function memoryChecks(usage: readonly Usage[]): Check[] {
  const most = mostOf(usage);
  return memoryHolders.map((holder) => ({
    what: memoryOf(holder),
    value: megabytes(most[holder]),
    threshold: `< ${megabytes(memoryLimits[holder])}`,
    met: most[holder] > 0 && most[holder] < memoryLimits[holder],
  }));
}

function memoryOf(holder: string): string {
  return `memory at most, ${holder}`;
}

function releaseOf(component: string): string {
  return `memory given back, ${component}`;
}

/** The memory of a crowd where no container can be seen. */
export function memoryNotMeasured(why: string): Check[] {
  return [
    ...memoryHolders.map((holder) => notMeasured(memoryOf(holder), `< ${megabytes(memoryLimits[holder])}`, why)),
    notMeasured(releaseOf("each container"), "within a minute", why),
  ];
}

/** The highest memory of each holder in bytes; of the whole stack the sum of all containers, each at its own highest. */
export function mostOf(usage: readonly Usage[]): typeof memoryLimits {
  return {
    "a replica": highestIn(usage, "resume"),
    nginx: highestIn(usage, "nginx"),
    "the whole stack": sum([...highestOf(usage).values()].map(({ memory }) => memory)),
  };
}

/** The highest memory of any container of a component. */
function highestIn(usage: readonly Usage[], component: string): number {
  return Math.max(0, ...usage.filter((seen) => seen.component === component).map(({ memory }) => memory));
}

/** Each container at its highest. */
function highestOf(usage: readonly Usage[]): Map<string, Usage> {
  const most = new Map<string, Usage>();
  for (const seen of usage) {
    if (seen.memory >= (most.get(seen.container)?.memory ?? 0)) {
      most.set(seen.container, seen);
    }
  }
  return most;
}

/**
 * Each container holds hardly more than when the session began; one check for each component, of the container that
 * kept the most. A container that was not there then is compared with the heaviest of its component.
 */
export function memoryReleaseChecks(
  atStart: readonly Usage[],
  peak: readonly Usage[],
  now: readonly Usage[],
  seconds: number,
): Check[] {
  const [had, most] = [highestOf(atStart), highestOf(peak)];
  const before = ({ container, component }: Usage): number =>
    had.get(container)?.memory ?? highestIn(atStart, component);
  return [...Map.groupBy(now, ({ component }) => component)].flatMap(([component, all]) => {
    const [worst] = all.toSorted((one, other) => other.memory - before(other) - (one.memory - before(one)));
    if (worst === undefined) {
      return [];
    }
    const allowed = before(worst) + kept;
    const at = most.get(worst.container)?.memory ?? worst.memory;
    return [
      {
        what: releaseOf(component),
        value: `${megabytes(before(worst))} at the session's start, ${megabytes(at)} at most, ${megabytes(worst.memory)} ${seconds} s later`,
        threshold: `< ${megabytes(allowed)} within a minute`,
        met: worst.memory < allowed,
      },
    ];
  });
}

/** Utilisation of the load's thread from which on it limits the figures. */
const noTimeLeft = 0.95;

/** Whether the load could not have been more, so that the figures are not the servers' alone. */
export function loadWasTheLimit({ result }: Step): boolean {
  return result.load.busy > noTimeLeft;
}

/** What the figures do not show by themselves. */
export function notesOn(steps: readonly Step[]): string[] {
  const notes = new Set<string>();
  for (const step of steps) {
    const { result } = step;
    const limited = result.shares.reduce((total, { failures }) => total + failures.limited, 0);
    if (limited > 0) {
      notes.add(`${whole(limited)} answers were 429: the edge limits this client, and that is not the servers' speed.`);
    }
    const { reconnects, idleCuts } = result.connections;
    if (reconnects + idleCuts > 0) {
      notes.add(
        `${whole(reconnects)} connections were made anew, ${whole(idleCuts)} were cut while nobody waited on them.`,
      );
    }
    if (loadWasTheLimit(step)) {
      notes.add("The load's own thread had no time left: latencies are at least partly its own.");
    }
    for (const { name, errors, failures } of result.shares) {
      if (failedOf(failures) > 0) {
        notes.add(`${name}: ${JSON.stringify(failures)} ${errors.join("; ")}`);
      }
    }
  }
  return [...notes];
}
