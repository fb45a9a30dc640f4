import { join } from "node:path";
import { projectRoot } from "../lib/paths.ts";
import { UserError } from "../lib/user-error.ts";
import { parseArguments } from "../toolchain/lib/arguments.ts";
import type { Effort } from "./compare.ts";
import { type Scenario, scenarios } from "./scenarios/catalogue.ts";
import { defaultEffort } from "./stack-comparison.ts";

/** The command line. */
export interface BenchOptions {
  what: "scenarios" | "compare";
  /** Undefined for the dev stack's. */
  url: string | undefined;
  /** The user owns the host. */
  owned: boolean;
  /** Of scenarios; empty for the default ones. */
  names: string[];
  /** In place of each scenario's own. */
  users: number | undefined;
  seconds: number | undefined;
  /** The folder that the result is written to. */
  report: string;
  baseline: string | undefined;
  /** Of the comparison with the references. */
  effort: Effort;
  json: string | undefined;
}

const usage = [
  "npm run bench -- [URL] [--scenario NAME …] [--users N] [--duration SECONDS] [--report FOLDER] [--baseline FILE] [--rounds N] [--seconds N] [--i-own-this-host]",
  "npm run bench -- --compare [URL] [--rounds N] [--seconds N] [--json FILE] [--i-own-this-host]",
].join(", or ");

/** Bounds, so that no run is without end. */
const most = { users: 20_000, duration: 3600, rounds: 100, seconds: 60 };

/** A whole number within its limits. @throws {UserError} otherwise */
function wholeNumber(name: keyof typeof most, text: string): number {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > most[name]) {
    throw new UserError(`--${name} is ${text}; allowed: a whole number from 1 to ${most[name]}.`);
  }
  return Number(text);
}

const defaultReport = join(projectRoot, "benchmarks/results");

function parse(args: string[]) {
  return parseArguments(usage, {
    args,
    allowPositionals: true,
    options: {
      scenario: { type: "string", multiple: true },
      users: { type: "string" },
      duration: { type: "string" },
      report: { type: "string" },
      baseline: { type: "string" },
      "i-own-this-host": { type: "boolean" },
      compare: { type: "boolean" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      json: { type: "string" },
    },
  });
}

type Option = keyof ReturnType<typeof parse>["values"];

/** The options of each mode. */
const applicable: Readonly<Record<BenchOptions["what"], readonly Option[]>> = {
  scenarios: ["scenario", "users", "duration", "report", "baseline", "i-own-this-host", "rounds", "seconds"],
  compare: ["compare", "i-own-this-host", "rounds", "seconds", "json"],
};

const modeOf = { scenarios: "a run of scenarios", compare: "--compare" } as const;

/** @throws {UserError} when an option would be without effect */
function assertApplicable(
  what: BenchOptions["what"],
  given: readonly string[],
  url: string | undefined,
  named: boolean,
): void {
  const other = given.find((name) => !applicable[what].some((option) => option === name));
  if (other !== undefined) {
    throw new UserError(`--${other} does not apply to ${modeOf[what]}.`);
  }
  const effort = given.find((name) => name === "rounds" || name === "seconds");
  if (what === "scenarios" && named && effort !== undefined) {
    throw new UserError(
      `--${effort} does not apply where scenarios are named: it is of the comparison with the references.`,
    );
  }
  if (url === undefined && given.includes("i-own-this-host")) {
    throw new UserError("--i-own-this-host does not apply without an address: the stack's own output is allowed.");
  }
}

/** Reads the command line. @throws {UserError} with one sentence, and how to use it */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 1) {
    throw new UserError(`The addresses are "${positionals.join(" ")}"; allowed: one. Usage: ${usage}`);
  }
  const names = values.scenario ?? [];
  const unknown = names.find((wanted) => !scenarios.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    throw new UserError(`--scenario is ${unknown}; allowed: ${scenarios.map(({ name }) => name).join(", ")}.`);
  }
  const what = values.compare ? "compare" : "scenarios";
  const [url] = positionals;
  assertApplicable(what, Object.keys(values), url, names.length > 0);
  const number = (name: keyof typeof most): number | undefined =>
    values[name] === undefined ? undefined : wholeNumber(name, values[name]);
  return {
    what,
    url,
    owned: values["i-own-this-host"] ?? false,
    names,
    users: number("users"),
    seconds: number("duration"),
    report: values.report ?? defaultReport,
    baseline: values.baseline,
    effort: {
      ...defaultEffort,
      rounds: number("rounds") ?? defaultEffort.rounds,
      seconds: number("seconds") ?? defaultEffort.seconds,
    },
    json: values.json,
  };
}

/** The chosen scenarios. Other users or another duration than its own are added to the name of a scenario. */
export function chosenScenarios({
  names,
  users,
  seconds,
}: Pick<BenchOptions, "names" | "users" | "seconds">): Scenario[] {
  return scenarios
    .filter(({ name, isDefault }) => (names.length === 0 ? isDefault : names.includes(name)))
    .map((scenario) => changed(scenario, { users: users ?? scenario.users, seconds: seconds ?? scenario.seconds }));
}

function changed(scenario: Scenario, { users, seconds }: Pick<Scenario, "users" | "seconds">): Scenario {
  const changes = [
    ...(users === scenario.users ? [] : [`users ${users}`]),
    ...(seconds === scenario.seconds ? [] : [`${seconds} s`]),
  ];
  if (changes.length === 0) {
    return scenario;
  }
  const mark = `(${changes.join(", ")})`;
  const { original, ...rest } = scenario;
  return {
    ...rest,
    // The original's figures are of so many users.
    ...(original === undefined || users !== scenario.users ? {} : { original }),
    name: `${scenario.name} ${mark}`,
    title: `${scenario.title} ${mark}`,
    users,
    seconds,
  };
}
