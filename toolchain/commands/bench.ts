import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { exitCode } from "../../benchmarks/compare.ts";
import { loopbackUrl } from "../../benchmarks/loopback.ts";
import { machine } from "../../benchmarks/machine.ts";
import { report } from "../../benchmarks/report/comparison.ts";
import { compareStack, defaultEffort } from "../../benchmarks/stack-comparison.ts";
import { interruption } from "../lib/interruption.ts";
import { devOutputs, devStackExists } from "../lib/pulumi.ts";
import { say } from "../lib/report.ts";
import { messageOf, UserError } from "../lib/user-error.ts";
import { client, findEngine } from "../tools/engine.ts";
import { findToolsWithoutImages } from "../tools/toolchain.ts";

const usage = "npm run bench -- --compare [URL] [--rounds N] [--seconds N] [--json FILE]";

/** A whole number within its limits, so that no run is without end. @throws UserError otherwise */
const wholeNumber = (name: string, text: string, most: number): number => {
  if (!/^[1-9]\d*$/.test(text) || Number(text) > most) {
    throw new UserError(`--${name} is ${text}; allowed: a whole number from 1 to ${most}.`);
  }
  return Number(text);
};

const read = (args: string[]) => {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        compare: { type: "boolean" },
        rounds: { type: "string", default: String(defaultEffort.rounds) },
        seconds: { type: "string", default: String(defaultEffort.seconds) },
        json: { type: "string" },
      },
    });
  } catch (error) {
    throw new UserError(`${messageOf(error)}\n${usage}`);
  }
};

/** The address to measure, the given one or the dev stack's, and the engine that it runs on. */
const findAddress = async (given: string | undefined): Promise<{ url: URL; host: string; version: string }> => {
  if (given !== undefined) {
    const url = loopbackUrl(given);
    return { url, ...(await findEngine()) };
  }
  const tools = await findToolsWithoutImages();
  const { url } = (await devStackExists(tools)) ? await devOutputs(tools) : {};
  if (typeof url !== "string") throw new UserError("There is no dev stack that runs. Bring it up with npm run up.");
  return { url: loopbackUrl(url), ...tools.engine };
};

const runComparison = async (args: string[]): Promise<number> => {
  const { values, positionals } = read(args);
  if (values.compare !== true || positionals.length > 1) throw new UserError(usage);
  const effort = {
    ...defaultEffort,
    rounds: wholeNumber("rounds", values.rounds, 50),
    seconds: wholeNumber("seconds", values.seconds, 60),
  };
  const { url, host, version } = await findAddress(positionals[0]);
  const { comparison, stack } = await compareStack(client(host), url, effort, (doing) => say("bench", doing));
  const on = machine(version, stack.replicas.length);
  process.stdout.write(`${report(comparison, on)}\n`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ machine: on, ...comparison }, null, 2)}\n`);
  }
  return exitCode(comparison);
};

/** `npm run bench -- --compare [URL]`: 0 where all targets are met, 1 where one is not, 2 where it could not run. */
const bench = async (args: string[]): Promise<number> => {
  try {
    return await runComparison(args);
  } catch (error) {
    if (interruption.aborted) throw error;
    process.stderr.write(`bench: ${error instanceof UserError ? error.message : String(Object(error).stack)}\n`);
    return 2;
  }
};

export default bench;
