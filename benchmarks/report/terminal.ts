import { totals } from "../load/plan.ts";
import { describeMachine } from "../machine.ts";
import { type BenchResult, type Check, metOf, type ScenarioResult, type Step, verdictOf } from "../result.ts";
import { baselineTables, comparisonTables } from "./comparison.ts";
import { closedLoopNote, markOf, percent, slowest, successOf, table, time, whole } from "./format.ts";

const head = [
  "",
  "scenario",
  "loop",
  "users",
  "success",
  "req/s",
  "p50",
  "p95",
  "p99",
  "original's success",
  "original's req/s",
  "ours : original's",
];

function rowsOf(scenario: ScenarioResult): string[][] {
  const { name, kind, steps, checks } = scenario;
  const mark = markOf(metOf(checks));
  return steps.length === 0 ? [[mark, name, kind, "did not run"]] : steps.map((step) => rowOf(scenario, step, mark));
}

function rowOf({ name, kind, original }: ScenarioResult, step: Step, mark: string): string[] {
  const { perSecond } = totals(step.result);
  return [
    mark,
    step.label === "" ? name : `${name}, ${step.label}`,
    kind,
    whole(step.users),
    successOf(step),
    whole(perSecond),
    time(slowest(step, "p50")),
    time(slowest(step, "p95")),
    time(slowest(step, "p99")),
    ...(original === null
      ? ["", "", ""]
      : [percent(original.success), original.perSecond.toFixed(1), `${(perSecond / original.perSecond).toFixed(0)} ×`]),
  ];
}

function checkRow(of: string, { what, value, threshold, met }: Check): string[] {
  return [markOf(met), `${of}: ${what}`, value, threshold];
}

/** A run for a person at a terminal. */
export function terminalReport(result: BenchResult): string {
  const { scenarios, machine, load, warnings, checks, comparison, baseline, stopped } = result;
  const checkRows = [
    ...scenarios.flatMap(({ name, checks }) => checks.map((check) => checkRow(name, check))),
    ...checks.map((check) => checkRow("the run", check)),
  ];
  const notes = scenarios.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`));
  return [
    `${describeMachine(machine)}; load by ${load.engine}`,
    ...warnings,
    "",
    table([head, ...scenarios.flatMap(rowsOf)], 2),
    ...(scenarios.some(({ kind }) => kind === "closed") ? [closedLoopNote] : []),
    "",
    table([["", "target", "measured", "wanted"], ...checkRows], 2),
    ...(notes.length === 0 ? [] : ["", ...notes]),
    ...(comparison === null ? [] : ["", comparisonTables(comparison)]),
    ...(baseline === null ? [] : ["", baselineTables(baseline)]),
    "",
    ...(stopped ? ["Stopped by the user: this is what was seen until then."] : []),
    `${verdictOf(result).sentence}.`,
  ].join("\n");
}
