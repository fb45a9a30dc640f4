import { format } from "../../grafana/pictures/format.ts";
import { sum } from "../load/plan.ts";
import { describeMachine } from "../machine.ts";
import { allMet, type BenchResult, type ScenarioResult, type Step } from "../result.ts";
import { table } from "./table.ts";

const whole = (value: number) => Math.round(value).toLocaleString("en");
const percent = (share: number) => `${(Math.floor(share * 1e4) / 100).toFixed(2)} %`;
const time = (ms: number) => format(ms / 1000, "s");

/** The share of all requests that were answered soundly, rounded down. */
export const successOf = ({ result }: Step): string => {
  const { requests, failed } = sum(result);
  return percent(requests === 0 ? 0 : (requests - failed) / requests);
};

/** The slowest share's percentile: what the users who waited longest saw. */
const slowest = ({ result }: Step, which: "p50" | "p95" | "p99") =>
  Math.max(...result.shares.map(({ latency }) => latency[which]));

const rowsOf = ({ name, kind, original, steps }: ScenarioResult): string[][] =>
  steps.map((step) => [
    step.label === "" ? name : `${name}, ${step.label}`,
    kind,
    whole(step.users),
    successOf(step),
    whole(sum(step.result).perSecond),
    time(slowest(step, "p50")),
    time(slowest(step, "p95")),
    time(slowest(step, "p99")),
    original === null ? "" : percent(original.success),
    original === null ? "" : original.perSecond.toFixed(1),
  ]);

/** A run for a person at a terminal. */
export function terminalReport(result: BenchResult, loadBy: string): string {
  const { scenarios, machine, stopped } = result;
  const head = [
    "scenario",
    "loop",
    "users",
    "success",
    "req/s",
    "p50",
    "p95",
    "p99",
    "original's success",
    "its req/s",
  ];
  const checks = scenarios.flatMap(({ name, checks }) =>
    checks.map(({ what, value, target, met }) => [met ? "✓" : "✗", `${name}: ${what}`, value, target]),
  );
  const notes = scenarios.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`));
  return [
    `${describeMachine(machine)}; load by ${loadBy}`,
    "",
    table([head, ...scenarios.flatMap(rowsOf)]),
    "",
    table([["", "target", "measured", "wanted"], ...checks]),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    "",
    ...(stopped ? ["Stopped by the user: this is what was seen until then."] : []),
    allMet(result) ? "All targets are met." : "Not all targets are met.",
  ].join("\n");
}
