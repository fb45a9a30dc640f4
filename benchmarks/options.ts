import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../toolchain/lib/paths.ts";
import { messageOf, UserError } from "../toolchain/lib/user-error.ts";
import type { Effort } from "./compare.ts";
import { scenarios } from "./scenarios.ts";
import { defaultEffort } from "./stack-comparison.ts";

/** What the command line asks for. */
export interface BenchOptions {
  what: "scenarios" | "compare" | "metrics-cost";
  /** Undefined for the dev stack's. */
  url: string | undefined;
  /** The user says that the host is theirs. */
  owned: boolean;
  /** Of scenarios; none for the usual ones. */
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

export const usage = `npm run bench -- [URL] [--scenario NAME …] [--users N] [--duration SECONDS] [--report FOLDER] [--baseline FILE] [--i-own-this-host]
npm run bench -- --compare [URL] [--rounds N] [--seconds N] [--json FILE]
npm run bench -- --metrics-cost [--rounds N] [--seconds N]
scenarios: ${scenarios.map(({ name }) => name).join(", ")}`;

/** Bounds, so that no run is without end. */
const most = { users: 20_000, duration: 3600, rounds: 50, seconds: 60 };

/** A whole number within its limits. @throws UserError otherwise */
const wholeNumber = (name: keyof typeof most, text: string): number => {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > most[name]) {
    throw new UserError(`--${name} is ${text}; allowed: a whole number from 1 to ${most[name]}.`);
  }
  return Number(text);
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        scenario: { type: "string", multiple: true, default: [] },
        users: { type: "string" },
        duration: { type: "string" },
        report: { type: "string", default: join(projectRoot, "benchmarks/results") },
        baseline: { type: "string" },
        "i-own-this-host": { type: "boolean", default: false },
        compare: { type: "boolean", default: false },
        "metrics-cost": { type: "boolean", default: false },
        rounds: { type: "string", default: String(defaultEffort.rounds) },
        seconds: { type: "string", default: String(defaultEffort.seconds) },
        json: { type: "string" },
      },
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
};

/** Reads the command line. @throws UserError with one sentence, and how to use it */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parse(args);
  if (positionals.length > 1 || (values.compare && values["metrics-cost"])) throw new UserError(usage);
  const unknown = values.scenario.find((wanted) => !scenarios.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    throw new UserError(`--scenario is ${unknown}; allowed: ${scenarios.map(({ name }) => name).join(", ")}.`);
  }
  return {
    what: values.compare ? "compare" : values["metrics-cost"] ? "metrics-cost" : "scenarios",
    url: positionals[0],
    owned: values["i-own-this-host"],
    names: values.scenario,
    users: values.users === undefined ? undefined : wholeNumber("users", values.users),
    seconds: values.duration === undefined ? undefined : wholeNumber("duration", values.duration),
    report: values.report,
    baseline: values.baseline,
    effort: {
      ...defaultEffort,
      rounds: wholeNumber("rounds", values.rounds),
      seconds: wholeNumber("seconds", values.seconds),
    },
    json: values.json,
  };
}
